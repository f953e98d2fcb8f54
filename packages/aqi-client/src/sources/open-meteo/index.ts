export { ATTRIBUTIONS } from './attributions.ts'
export { createOpenMeteoClient, type OpenMeteoClient } from './client.ts'
export { endpointsBehind, PUBLIC_ENDPOINTS, type Endpoints } from './endpoints.ts'
export { ARCHIVE_DELAY_MS, PUBLICATION_DELAY_MS, publishedAt, smallestPreviousDay } from './lead-time.ts'
export {
  callWeight,
  daysPerCall,
  limitReason,
  splitDays,
  waitAfterLimit,
  type DaySpan,
  type LimitReason,
} from './limits.ts'
export type * from './types.ts'
