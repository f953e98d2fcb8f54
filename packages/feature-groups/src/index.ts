export {
  ALL_STATIONS,
  type AqiAlertRow,
  aqiAlerts,
  type AqiIdentityRow,
  aqiIdentities,
} from './alert-groups.ts'
export { type BesideSpan, readBeside } from './beside.ts'
export { informationSha256, trainingRowsSha256 } from './content-hash.ts'
export { fromDailyRow, readDays, refuseUnlike, toDailyRow } from './daily-rows.ts'
export { FeatureGroupsError, type FeatureGroupsErrorCode } from './errors.ts'
export { aqiDaily, type AqiDailyRow, aqiForecasts, type AqiForecastRow } from './groups.ts'
export { type AqiImportRow, aqiImports, importsBy, newImports, shiftsOf } from './imports.ts'
export { remoteHints } from './remote-hints.ts'
export { daysBetween, type LedgerEntry, probabilitiesOf, type Recorded, recordForecast } from './ledger.ts'
export { checkKnownAt, type EarlyRow, type KnownAtReport } from './known-at-audit.ts'
export { type CanaryReport, checkCanaries } from './point-in-time/canaries.ts'
export { checkLeaks, type Leak, type LeakReport } from './point-in-time/check-leaks.ts'
export { columnsOf } from './point-in-time/block-columns.ts'
export { dailyColumns, type FeatureColumn, LOOKBACK_DAYS } from './point-in-time/columns.ts'
export {
  type Decision,
  DECISION_HOURS,
  DECISIONS,
  type DecisionPoint,
  type DecisionRule,
  hourOf,
  issueSlot,
  lastDecisionDay,
  ruleAt,
} from './point-in-time/decisions.ts'
export { type DecisionRow, decisionRow } from './point-in-time/decision-row.ts'
export {
  type AirOutlook,
  type Beside,
  type Block,
  BLOCKS,
  BLOCKS_ADDED,
  type InformationSet,
  INFORMATION_SETS,
  KNOWN_FROM,
  type Origin,
  type WeatherOutlook,
} from './point-in-time/information.ts'
export { readRows } from './read-rows.ts'
export { type RowOptions, trainingSet, usualLead } from './point-in-time/rows.ts'
export { PointInTimeView } from './point-in-time/view.ts'
export {
  aqiQuarantine,
  type AqiQuarantineRow,
  aqiReadings,
  type AqiReadingRow,
  aqiStations,
  type AqiStationRow,
  sourceForecasts,
  type SourceForecastRow,
  weatherForecasts,
  type WeatherForecastRow,
} from './live-groups.ts'
export {
  ensureLiveGroups,
  fromReadingRow,
  readReadings,
  type StationIdentity,
  toReadingRow,
  toSourceForecastRow,
  toStationRow,
} from './live-rows.ts'
export { toWeatherRows, type WeatherPart } from './weather-rows.ts'
export {
  type CountedForecast,
  countedForecasts,
  type IssuedForecast,
  type IssuedInterval,
  type LiveSkill,
  liveSkill,
  readIssued,
} from './live-skill.ts'
