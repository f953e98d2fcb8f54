export { startFakeHopsworks } from './server.ts'
export type {
  Behaviours,
  FakeCell,
  FakeHopsworks,
  FakeHopsworksOptions,
  FakeKey,
  FakeRow,
  Fault,
  FaultEffect,
  JobFate,
  Quotas,
  Scope,
  SeenRequest,
  Timing,
} from './types.ts'
