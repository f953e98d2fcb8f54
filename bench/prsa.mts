import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import {
  type Concentration,
  dayFromNumber,
  type DailyReading,
  dayNumber,
  endOfDay,
  type HourlyReading,
  localDay,
  localHour,
  type Pollutant,
  startOfDay,
  toSubIndex,
} from '@airq/aqi-client'
import type { WeatherOutlook } from '../packages/feature-groups/src/index.ts'
import { mean } from './median.mts'

// Beijing's twelve stations, hour by hour, 2013-03 to 2017-02 (UCI data set 501), as the rows of a station here.

export const ZONE = 'Asia/Shanghai'
export const FIRST_DAY = dayNumber(localDay('2013-03-01'))
export const LAST_DAY = dayNumber(localDay('2017-02-28'))
const DAYS = LAST_DAY - FIRST_DAY + 1
const HOURS = DAYS * 24
const HOUR = 3_600_000
const LEAST_HOURS = 18
const LEAST_STATIONS = 6
const POLLUTANTS: readonly Pollutant[] = ['pm25', 'pm10', 'o3', 'no2', 'so2', 'co']
const WEATHER = ['TEMP', 'DEWP', 'PRES', 'WSPM', 'u', 'v', 'RAIN'] as const
type Weather = (typeof WEATHER)[number]

/** One value an hour from 2013-03-01T00 on, `NaN` where there is none. */
export interface Station {
  readonly name: string
  readonly sub: Readonly<Record<Pollutant, Float64Array>>
  readonly weather: Readonly<Record<Weather, Float64Array>>
}

const empty = () => new Float64Array(HOURS).fill(Number.NaN)
const fill = <K extends string>(keys: readonly K[], of: (key: K) => Float64Array) =>
  Object.fromEntries(keys.map((key) => [key, of(key)])) as Record<K, Float64Array>
const known = (values: ArrayLike<number>) => Array.from(values).filter((value) => !Number.isNaN(value))

export function readStations(folder: string): Station[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith('PRSA_'))
    .toSorted()
    .map((name) => readStation(join(folder, name), name.split('_')[2] ?? name))
}

function readStation(path: string, name: string): Station {
  const raw = fill(['PM2.5', 'PM10', 'SO2', 'NO2', 'CO', 'O3', ...WEATHER], empty)
  const [head = '', ...lines] = gunzipSync(readFileSync(path)).toString('utf8').trimEnd().split('\n')
  const columns = head.replaceAll('"', '').split(',')
  for (const line of lines) {
    const cells = line.replaceAll('"', '').split(',')
    const cell = (column: string) => cells[columns.indexOf(column)] ?? 'NA'
    const pad = (column: string) => cell(column).padStart(2, '0')
    const day = dayNumber(localDay(`${cell('year')}-${pad('month')}-${pad('day')}`))
    const hour = (day - FIRST_DAY) * 24 + Number(cell('hour'))
    for (const key of Object.keys(raw) as (keyof typeof raw)[]) {
      if (cell(key) !== 'NA') raw[key][hour] = Number(cell(key))
    }
    const angle = (COMPASS.indexOf(cell('wd')) * Math.PI) / 8
    raw.u[hour] = cell('wd') === 'NA' ? Number.NaN : (raw.WSPM[hour] ?? Number.NaN) * Math.sin(angle)
    raw.v[hour] = cell('wd') === 'NA' ? Number.NaN : (raw.WSPM[hour] ?? Number.NaN) * Math.cos(angle)
  }
  return {
    name,
    sub: {
      pm25: raw['PM2.5'].map((value) => index({ pollutant: 'pm25', averaging: '24h', unit: 'ugm3', value })),
      pm10: raw.PM10.map((value) => index({ pollutant: 'pm10', averaging: '24h', unit: 'ugm3', value })),
      o3: runningMean(raw.O3).map((value) => ozone(value / 1.963 / 1000)),
      no2: raw.NO2.map((value) =>
        index({ pollutant: 'no2', averaging: '1h', unit: 'ppb', value: value / 1.88 }),
      ),
      so2: raw.SO2.map((value) =>
        index({ pollutant: 'so2', averaging: '1h', unit: 'ppb', value: value / 2.62 }),
      ),
      co: raw.CO.map((value) =>
        index({ pollutant: 'co', averaging: '8h', unit: 'ppm', value: value / 1145 }),
      ),
    },
    weather: fill(WEATHER, (key) => raw[key]),
  }
}

const COMPASS = 'N NNE NE ENE E ESE SE SSE S SSW SW WSW W WNW NW NNW'.split(' ')

function index(concentration: Concentration): number {
  if (Number.isNaN(concentration.value)) return Number.NaN
  return Math.min(999, toSubIndex(concentration, 'us-epa-2015')?.value ?? Number.NaN)
}

/** The 8 h column ends at 0.200 ppm; its last line is drawn on. */
function ozone(ppm: number): number {
  if (ppm <= 0.2 || Number.isNaN(ppm))
    return index({ pollutant: 'o3', averaging: '8h', unit: 'ppm', value: ppm })
  return Math.min(999, Math.round(201 + (99 * (Math.floor(ppm * 1000) - 106)) / 94))
}

function runningMean(values: Float64Array): Float64Array {
  return values.map((_, hour) => {
    const last = known(values.subarray(Math.max(0, hour - 7), hour + 1))
    return last.length >= 6 ? mean(last) : Number.NaN
  })
}

/** The mean of the stations, hour by hour, where at least six have a value. */
export function cityOf(stations: readonly Station[]): Station {
  const over = (pick: (station: Station) => Float64Array) =>
    empty().map((_, hour) => {
      const values = known(stations.map((station) => pick(station)[hour] ?? Number.NaN))
      return values.length >= LEAST_STATIONS ? mean(values) : Number.NaN
    })
  return {
    name: 'city',
    sub: fill(POLLUTANTS, (pollutant) => over(({ sub }) => sub[pollutant])),
    weather: fill(WEATHER, (key) => over(({ weather }) => weather[key])),
  }
}

const dayName = (day: number) => dayFromNumber(FIRST_DAY + day)
const subOf = (value: (pollutant: Pollutant) => number) =>
  Object.fromEntries(
    POLLUTANTS.map((pollutant) => [pollutant, value(pollutant)] as const).filter(([, x]) => !Number.isNaN(x)),
  )

/** Days of at least 18 hours; the AQI of the particles and ozone, and none without particles. */
export function daysOf({ sub }: Station): DailyReading[] {
  return Array.from({ length: DAYS }, (_, day): DailyReading => {
    const of = (pollutant: Pollutant) => {
      const values = known(sub[pollutant].subarray(day * 24, day * 24 + 24))
      return values.length >= LEAST_HOURS ? Math.floor(mean(values) + 0.5) : Number.NaN
    }
    const final = !Number.isNaN(of('pm25')) || !Number.isNaN(of('pm10'))
    return {
      day: dayName(day),
      timeZone: ZONE,
      sub: subOf(of),
      aqi: final ? Math.max(...known([of('pm25'), of('pm10'), of('o3')])) : null,
      hours: null,
      status: 'final',
      origin: 'csv',
      unit: 'sub-index',
      scale: 'us-epa-2015',
      knownAt: endOfDay(dayName(day), ZONE),
    }
  })
}

/** Hour h is known at h + 1. */
export function hoursOf({ sub }: Station): HourlyReading[] {
  const start = startOfDay(dayName(0), ZONE)
  return Array.from({ length: HOURS }, (_, hour): HourlyReading => {
    const at = (pollutant: Pollutant) => sub[pollutant][hour] ?? Number.NaN
    const main = known([at('pm25'), at('pm10'), at('o3')])
    return {
      hour: localHour(`${dayName(Math.floor(hour / 24))}T${String(hour % 24).padStart(2, '0')}`),
      observedAt: start + hour * HOUR,
      sub: subOf(at),
      aqi: main.length === 0 ? null : Math.max(...main),
      dominant: null,
      unit: 'sub-index',
      scale: 'us-epa-2015',
      evidence: 'station',
      knownAt: start + (hour + 1) * HOUR,
    }
  }).filter(({ sub: values }) => Object.keys(values).length > 0)
}

/** Source: mulberry32 by Tommy Ettinger, public domain. */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

type Noise = Readonly<Record<Weather, number>> & { readonly keepsRain: boolean }

/** Errors of a forecast of each day: the same for every series. */
export function noiseOf(seed: number): Noise[] {
  const random = mulberry32(seed)
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return Array.from({ length: DAYS }, () => {
    const drawn = Object.fromEntries(WEATHER.map((key) => [key, normal()])) as Record<Weather, number>
    return { ...drawn, keepsRain: random() >= 0.15 }
  })
}

type Means = Record<Weather, number>
const DEVIATIONS = { TEMP: 1.5, DEWP: 2, PRES: 1, WSPM: 0.6, u: 0.8, v: 0.8 } as const

function withNoise(means: Means, noise: Noise): Means {
  const noisy = { ...means }
  for (const key of ['TEMP', 'DEWP', 'PRES', 'WSPM', 'u', 'v'] as const)
    noisy[key] += DEVIATIONS[key] * noise[key]
  noisy.WSPM = Math.max(0, noisy.WSPM)
  noisy.RAIN = noise.keepsRain ? means.RAIN * Math.exp(0.7 * noise.RAIN) : 0
  return noisy
}

/** Weather as observed of days and parts as they end, and as forecast of the next day at 20:00 and of today at 06:00. */
export function weatherOf(station: Station, noise: readonly Noise[]): WeatherOutlook[] {
  return Array.from({ length: DAYS }, (_, day) => {
    const start = startOfDay(dayName(day), ZONE)
    const over = (from: number, to: number): Means =>
      Object.fromEntries(
        WEATHER.map((key) => {
          const values = known(station.weather[key].subarray(day * 24 + from, day * 24 + to))
          return [key, values.length === 0 ? Number.NaN : mean(values)]
        }),
      ) as Means
    const row = (part: string, known_at: number, hours: number, means: Means): WeatherOutlook => ({
      day: dayName(day),
      part,
      known_at,
      hours,
      temperature: orNull(means.TEMP),
      dew_point: orNull(means.DEWP),
      pressure: orNull(means.PRES),
      precipitation: orNull(means.RAIN * hours),
      wind_speed: orNull(means.WSPM),
      wind_u: orNull(means.u),
      wind_v: orNull(means.v),
    })
    const of = noise[day]
    if (of === undefined) return []
    const rest = withNoise(over(6, 24), of)
    return [
      row('day', start - 4 * HOUR, 24, withNoise(over(0, 24), of)),
      ...['morning', 'afternoon', 'evening'].map((part) => row(part, start + 6 * HOUR, 6, rest)),
      row('night', start + 6 * HOUR, 6, over(0, 6)),
      row('afternoon', start + 18 * HOUR, 6, over(12, 18)),
      row('day', start + 20 * HOUR, 24, over(0, 20)),
      row('evening', start + 24 * HOUR, 6, over(18, 24)),
      row('day', start + 24 * HOUR, 24, over(0, 24)),
    ]
  }).flat()
}

const orNull = (value: number) => (Number.isNaN(value) ? null : value)
