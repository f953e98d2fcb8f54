export { dockerRunner, type DockerRunnerOptions } from './docker/docker-runner.ts'
export { JobRunnerError, type JobRunnerErrorCode, type JobRunnerErrorDetails } from './errors.ts'
export { jobName, type JobNameParts } from './job-name.ts'
export { checkJobSpec, type SpecRules } from './job-spec.ts'
export type { Environment, LocalRunnerOptions } from './local/local-runner.ts'
export { processRunner, type ProcessRunnerOptions } from './process/process-runner.ts'
export { shellCommand } from './quoting.ts'
export { runShards, type ShardOptions, type ShardResult, type ShardsResult } from './shards.ts'
export type {
  CallOptions,
  JobHandle,
  JobIdentity,
  JobOutcome,
  JobOutput,
  JobResult,
  JobRunner,
  JobSpec,
  JobState,
  JobStatus,
  RunnerCapabilities,
  SecretReference,
  WaitOptions,
} from './types.ts'
