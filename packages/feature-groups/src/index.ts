export { informationSha256, trainingRowsSha256 } from './content-hash.ts'
export { fromDailyRow, readDays, refuseUnlike, toDailyRow } from './daily-rows.ts'
export { FeatureGroupsError, type FeatureGroupsErrorCode } from './errors.ts'
export { aqiDaily, type AqiDailyRow, aqiForecasts, type AqiForecastRow } from './groups.ts'
export { daysBetween, endOfDaySlot, type LedgerEntry, type Recorded, recordForecast } from './ledger.ts'
export { dailyColumns, type FeatureColumn, LOOKBACK_DAYS } from './point-in-time/columns.ts'
export {
  type Decision,
  type DecisionRow,
  decisionRow,
  type RowOptions,
  trainingSet,
  usualLead,
} from './point-in-time/rows.ts'
export { type DecisionPoint, PointInTimeView } from './point-in-time/view.ts'
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
