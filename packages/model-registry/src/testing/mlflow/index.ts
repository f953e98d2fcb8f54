export { startFakeMlflow } from './server.ts'
export type {
  FakeMlflow,
  FakeMlflowAuth,
  FakeMlflowOptions,
  FakeMlflowSettings,
  MlflowFault,
  MlflowFaultEffect,
  SeenMlflowRequest,
} from './types.ts'
