import { defineGroup, type RowOf } from '@airq/feature-store'

const KNOWN_AT = { type: 'bigint', description: 'Epoch ms from which the row counts as known.' } as const
const subIndex = (pollutant: string) =>
  ({ type: 'double', nullable: true, description: `Daily sub-index of ${pollutant}.` }) as const

/** One row a station and local day: the mean of the day's hourly sub-indices, and the largest of them. */
export const aqiDaily = defineGroup({
  name: 'aqi_daily',
  version: 1,
  description: 'Daily air quality of a station, by local calendar day.',
  primaryKey: ['station', 'day'],
  eventTime: 'day_start',
  columns: {
    station: { type: 'string', description: 'Station id of the configuration.' },
    day: { type: 'string', description: 'Local calendar day, YYYY-MM-DD.' },
    day_start: { type: 'bigint', description: 'Start of the local day, epoch ms.' },
    time_zone: { type: 'string', description: 'IANA time zone the day belongs to.' },
    pm25: subIndex('PM2.5'),
    pm10: subIndex('PM10'),
    o3: subIndex('ozone'),
    no2: subIndex('nitrogen dioxide'),
    so2: subIndex('sulphur dioxide'),
    co: subIndex('carbon monoxide'),
    aqi: { type: 'double', nullable: true, description: 'Daily AQI: the largest sub-index present.' },
    hours: { type: 'int', nullable: true, description: 'Hours behind the means; null where unknown.' },
    status: { type: 'string', description: 'final, partial, missing or modelled.' },
    origin: { type: 'string', description: 'csv (aqicn download), pulls, model or simulator.' },
    unit: { type: 'string', description: 'sub-index.' },
    scale: { type: 'string', description: 'Index scale and version, e.g. us-epa-2015.' },
    known_at: KNOWN_AT,
  },
})
export type AqiDailyRow = RowOf<typeof aqiDaily.columns>

const probability = (category: string) =>
  ({ type: 'double', description: `Probability of the class ${category}.` }) as const

/** The ledger: every issued forecast, one row a revision, never overwritten. */
export const aqiForecasts = defineGroup({
  name: 'aqi_forecasts',
  version: 1,
  description: 'Every issued forecast of the daily AQI.',
  primaryKey: ['station', 'day', 'issue_slot', 'revision'],
  eventTime: 'day_start',
  appendOnly: true,
  columns: {
    station: { type: 'string', description: 'Station id of the configuration.' },
    day: { type: 'string', description: 'Target day, local, YYYY-MM-DD.' },
    issue_slot: {
      type: 'string',
      description: 'Local hour of the decision, YYYY-MM-DDTHH (T24: end of day).',
    },
    revision: { type: 'int', description: '0 for the first; a higher one was made with other information.' },
    day_start: { type: 'bigint', description: 'Start of the target day, epoch ms.' },
    time_zone: { type: 'string', description: 'IANA time zone of the target day.' },
    issued_at: { type: 'bigint', description: 'Epoch ms on the clock of the run that issued it.' },
    decision: { type: 'string', description: 'Rule of the forecast: end-of-day, evening or morning.' },
    horizon: { type: 'int', description: 'Target day minus local day of the decision.' },
    lead: { type: 'int', description: 'Target day minus last complete day used.' },
    aqi: { type: 'double', description: 'Point forecast of the daily AQI.' },
    lower: { type: 'double', description: 'Lower end of the interval.' },
    upper: { type: 'double', description: 'Upper end of the interval.' },
    coverage: { type: 'double', description: 'Wanted coverage of the interval.' },
    interval_method: { type: 'string', description: 'How the interval was made.' },
    category: { type: 'string', description: 'Class of the point forecast.' },
    p_good: probability('good'),
    p_moderate: probability('moderate'),
    p_unhealthy_sensitive: probability('unhealthy-sensitive'),
    p_unhealthy: probability('unhealthy'),
    p_very_unhealthy: probability('very-unhealthy'),
    p_hazardous: probability('hazardous'),
    scale: { type: 'string', description: 'Index scale and version.' },
    model_name: { type: 'string', nullable: true, description: 'Registered model; null for a fallback.' },
    model_version: { type: 'string', nullable: true, description: 'Its version; null for a fallback.' },
    information_set: {
      type: 'string',
      description: 'What was known: daily, +stationHours, +modelHours or +weather.',
    },
    information_hash: { type: 'string', description: 'SHA-256 of model, inputs and decision.' },
    last_final_day: { type: 'string', description: 'Last complete day used.' },
    hours_today: { type: 'int', nullable: true, description: 'Hours of the current day used; null if none.' },
    fallback: { type: 'boolean', description: 'True when no model was there and a plain rule spoke.' },
    simulated: { type: 'boolean', description: 'True when the inputs are simulated.' },
    known_at: KNOWN_AT,
  },
})
export type AqiForecastRow = RowOf<typeof aqiForecasts.columns>
