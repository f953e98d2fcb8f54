/** `@airq/job-runner/azure-ml`: jobs on Azure ML. Azure's SDK is loaded at the first call. */

export { azureMlRunner, type AzureMlRunner, type AzureMlRunnerOptions } from './azure-ml-runner.ts'
export { type AzureContext, type AzureContextSettings, resolveAzureContext } from './context.ts'
export { credentialFor, type CredentialOptions } from './credential.ts'
export type { DryRun } from './dry-run.ts'
export type { EnsuredEnvironment, EnvironmentOptions } from './environments.ts'
export type { PlacementSettings } from './job-body.ts'
