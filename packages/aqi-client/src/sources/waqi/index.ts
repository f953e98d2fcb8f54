export { createWaqiClient } from './client.ts'
export {
  attributionSchema,
  feedSchema,
  forecastRowSchema,
  stationHitSchema,
  type FeedPayload,
  type StationHit,
} from './feed-schema.ts'
export { forecastByDay, type ForecastDay } from './forecast.ts'
export { distanceKm } from './geo.ts'
export { observationSchema, stationRefSchema, type StationRef } from './observation-schema.ts'
export { derivedAqi, parseFeed, toHourlyReading, type ParseFeedOptions } from './parse-feed.ts'
export { parseStations } from './parse-stations.ts'
export { safe, type Outcome } from './safe.ts'
export type {
  BoundsOptions,
  Box,
  LatestOptions,
  StationList,
  TokenSource,
  WaqiCallOptions,
  WaqiClient,
  WaqiOptions,
  Where,
} from './types.ts'
