export { LIMIT_REASONS, PUBLIC_LIMITS, type CallLimits } from './call-counter.ts'
export type { Fault as OpenMeteoFault } from './faults.ts'
export {
  startFakeOpenMeteo,
  type FakeOpenMeteo,
  type FakeOpenMeteoOptions,
  type SeenRequest as SeenOpenMeteoRequest,
} from './server.ts'
export type { Spot, TrueVariable, Truth as OpenMeteoTruth } from './truth.ts'
