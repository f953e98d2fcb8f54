export { startFakeComet } from './server.ts'
export type {
  CometFault,
  CometFaultEffect,
  FakeComet,
  FakeCometOptions,
  FakeCometSettings,
  SeenCometRequest,
  SeenExperiment,
  ZipState,
} from './types.ts'
