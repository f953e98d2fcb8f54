/** `@airq/pipeline/jobs`: what a submitter shares with the pipelines it starts. */

export { CONFIG_VARIABLE, configVariable, sha256Of } from '../config/config-text.ts'
export { forApp } from '../config/jobs-schemas.ts'
export { JOB_VARIABLE } from '../run/record-job.ts'
export { lastRunKey, readRunRecord, recordHints, type RunRecord } from '../run/run-record.ts'
export { REMOTE_NAMES, type RemoteName, SECRETS, type SecretName } from '../run/secret-table.ts'
export type { JobApp, JobOptions } from '../command/job-options.ts'
