export * from './types.ts'
export { AqiError, type AqiErrorCode, type AqiErrorOptions } from './errors.ts'
export { addDays, dayFromNumber, dayNumber, isLocalDay, localDay } from './days/local-day.ts'
export { assertTimeZone, localDayAt, offsetInstant } from './days/zone.ts'
export { endOfDay, startOfDay } from './days/bounds.ts'
export {
  CATEGORIES,
  CATEGORY_KEYS,
  categoryOf,
  classBounds,
  type Category,
  type CategoryKey,
} from './aqi/categories.ts'
export { parseHistoricalCsv, readHistoricalCsv } from './sources/aqicn-csv/parse.ts'
export {
  alignHistory,
  type AlignedHistory,
  type AlignedSegment,
  type AlignmentReport,
  type AlignOptions,
} from './sources/aqicn-csv/align.ts'
export { type DownloadZone } from './sources/aqicn-csv/download-clock.ts'
export { type AlignmentMethod, type DownloadPlace } from './sources/aqicn-csv/download-zone.ts'
export { type LagCorrelation, type LagProof } from './sources/aqicn-csv/pm25-lag.ts'
export { type DroppedDays } from './sources/aqicn-csv/unfinished-days.ts'
export {
  COLUMNS,
  type BlockMarks,
  type BlockStart,
  type Column,
  type LabelledRow,
  type MarkCount,
  type ParsedHistory,
  type ParseOptions,
} from './sources/aqicn-csv/types.ts'
export {
  inUnit,
  type Averaging,
  type Concentration,
  type ConcentrationUnit,
  type Gas,
  type MassUnit,
  type Measure,
  type Particle,
} from './aqi/concentration.ts'
export { toConcentration, toSubIndex, type SubIndex } from './aqi/sub-index.ts'
export { aqiOf, dailySubIndices, type Aqi } from './aqi/overall.ts'
export { nowCastPm } from './aqi/now-cast.ts'
export { dayOfHour, hoursOfDay, isLocalHour, localHour, localHourAt } from './days/local-hour.ts'
export { instantOfClock } from './days/bounds.ts'
export { dueDays, finalisationInstant, type DueOptions } from './days/finalisation.ts'
export { COMPLETENESS, isComplete, type CompletenessRule } from './days/completeness.ts'
export { aggregateDay, type AggregatedDay, type AggregateOptions } from './days/aggregate-day.ts'
