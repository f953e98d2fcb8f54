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
  type AlignmentReport,
  type AlignOptions,
} from './sources/aqicn-csv/align.ts'
export { type AlignmentMethod, type DownloadZone } from './sources/aqicn-csv/download-zone.ts'
export { type LagCorrelation, type LagProof } from './sources/aqicn-csv/pm25-lag.ts'
export { type DroppedDays } from './sources/aqicn-csv/unfinished-days.ts'
export {
  COLUMNS,
  type BlockMarks,
  type Column,
  type LabelledRow,
  type MarkCount,
  type ParsedHistory,
  type ParseOptions,
} from './sources/aqicn-csv/types.ts'
