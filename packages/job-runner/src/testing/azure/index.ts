export { executeLocally, type ExecuteLocallyOptions } from './execute-locally.ts'
export { startFakeAzure } from './server.ts'
export type {
  AzureFault,
  AzureFaultEffect,
  ExecutableJob,
  ExecuteJob,
  FakeAzure,
  FakeAzureOptions,
  FakeAzureSettings,
  FakeJob,
  JobEnding,
  SeenAzureRequest,
} from './types.ts'
