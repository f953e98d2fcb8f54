export { feedBody } from './feed-body.ts'
export { editJson } from './edit-json.ts'
export { WAQI_FAULTS } from './named-faults.ts'
export { startFakeWaqi } from './server.ts'
export type {
  FakeStation,
  FakeWaqi,
  FakeWaqiOptions,
  FakeWorld,
  FaultQueue,
  RecordedRequest,
  WaqiFault,
} from './types.ts'
export { createFakeWorld, defaultStations } from './world.ts'
