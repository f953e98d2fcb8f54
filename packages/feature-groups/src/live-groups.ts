import { defineGroup, type RowOf } from '@airq/feature-store'

const STATION = { type: 'string', description: 'Station id of the configuration.' } as const
const DAY = { type: 'string', description: 'Local calendar day, YYYY-MM-DD.' } as const
const DAY_START = { type: 'bigint', description: 'Start of the local day, epoch ms.' } as const
const KNOWN_AT = { type: 'bigint', description: 'Epoch ms from which the row counts as known.' } as const
const SLOT = { type: 'string', description: 'Local hour in which it was pulled, YYYY-MM-DDTHH.' } as const
const number = (description: string) => ({ type: 'double', nullable: true, description }) as const
const subIndex = (pollutant: string) => number(`Sub-index of ${pollutant}.`)

/** One row a station and hour: a reading as pulled, sub-indices and not concentrations. */
export const aqiReadings = defineGroup({
  name: 'aqi_readings',
  version: 1,
  description: 'Hourly readings of a station, by the local hour of their own label.',
  primaryKey: ['station', 'hour'],
  eventTime: 'observed_ms',
  columns: {
    station: STATION,
    hour: { type: 'string', description: "Local hour of the reading's own label, YYYY-MM-DDTHH." },
    observed_ms: { type: 'bigint', description: 'Instant of the observation, epoch ms.' },
    pm25: subIndex('PM2.5'),
    pm10: subIndex('PM10'),
    o3: subIndex('ozone'),
    no2: subIndex('nitrogen dioxide'),
    so2: subIndex('sulphur dioxide'),
    co: subIndex('carbon monoxide'),
    aqi: number('AQI as published.'),
    dominant: { type: 'string', nullable: true, description: 'Dominant pollutant as published.' },
    source: { type: 'string', description: 'Who answered: waqi @1451, open-meteo …' },
    unit: { type: 'string', description: 'sub-index.' },
    scale: { type: 'string', description: 'Index scale and version.' },
    evidence: { type: 'string', description: 'station, sensor or model.' },
    known_at: KNOWN_AT,
  },
})
export type AqiReadingRow = RowOf<typeof aqiReadings.columns>

/** Readings held back, with the reason and all that is needed to judge them again. */
export const aqiQuarantine = defineGroup({
  name: 'aqi_quarantine',
  version: 1,
  description: 'Hourly readings held back from the series.',
  primaryKey: ['station', 'hour'],
  eventTime: 'observed_ms',
  columns: {
    ...aqiReadings.columns,
    reason: { type: 'string', description: 'Why it was held back: impossible, sentinel, clock, stuck.' },
    detail: { type: 'string', description: 'The same for people.' },
    released: { type: 'boolean', description: 'True once a replay let it into the series.' },
  },
})
export type AqiQuarantineRow = RowOf<typeof aqiQuarantine.columns>

/** What the source's own model forecast, as it stood at each pull: no history of it can be had later. */
export const sourceForecasts = defineGroup({
  name: 'source_forecasts',
  version: 1,
  description: "The source's own daily forecast, by the hour it was pulled.",
  primaryKey: ['station', 'day', 'pollutant', 'issue_slot'],
  eventTime: 'day_start',
  columns: {
    station: STATION,
    day: DAY,
    pollutant: { type: 'string', description: 'pm25, pm10, o3 …' },
    issue_slot: SLOT,
    day_start: DAY_START,
    average: number('Mean sub-index of the day.'),
    lowest: number('Lowest sub-index of the day.'),
    highest: number('Highest sub-index of the day.'),
    source: { type: 'string', description: 'Who answered.' },
    known_at: KNOWN_AT,
  },
})
export type SourceForecastRow = RowOf<typeof sourceForecasts.columns>

/** Daily and part-of-day weather as forecast at each pull. */
export const weatherForecasts = defineGroup({
  name: 'weather_forecasts',
  version: 1,
  description: 'Weather of a local day, or a part of it, as it was forecast.',
  primaryKey: ['station', 'day', 'part', 'issue_slot'],
  eventTime: 'day_start',
  columns: {
    station: STATION,
    day: DAY,
    part: {
      type: 'string',
      description: 'day (0–23), night (0–5), morning (6–11), afternoon (12–17), evening (18–23).',
    },
    issue_slot: SLOT,
    day_start: DAY_START,
    temperature: number('Mean temperature at 2 m, °C.'),
    dew_point: number('Mean dew point at 2 m, °C.'),
    pressure: number('Mean surface pressure, hPa.'),
    precipitation: number('Sum of precipitation, mm.'),
    wind_speed: number('Mean wind speed at 10 m, m/s.'),
    wind_u: number('Mean eastward wind component, m/s.'),
    wind_v: number('Mean northward wind component, m/s.'),
    hours: { type: 'int', description: 'Hours behind the means.' },
    source: { type: 'string', description: 'Who answered.' },
    known_at: KNOWN_AT,
  },
})
export type WeatherForecastRow = RowOf<typeof weatherForecasts.columns>

/** Who a station is at its source, and who must be named beside its data. */
export const aqiStations = defineGroup({
  name: 'aqi_stations',
  version: 1,
  description: 'Identity and attributions of the stations, as the source last told them.',
  primaryKey: ['station'],
  eventTime: 'known_at',
  columns: {
    station: STATION,
    source: { type: 'string', description: 'waqi, open-meteo …' },
    source_id: { type: 'string', description: "The station's id at its source." },
    name: { type: 'string', nullable: true, description: 'Its name at the source; untrusted text.' },
    latitude: number('Degrees north, as the source says.'),
    longitude: number('Degrees east, as the source says.'),
    attributions: { type: 'string', description: 'JSON array of { name, url, logo }; untrusted text.' },
    known_at: KNOWN_AT,
  },
})
export type AqiStationRow = RowOf<typeof aqiStations.columns>
