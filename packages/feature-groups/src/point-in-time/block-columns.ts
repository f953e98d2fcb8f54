import { POLLUTANTS } from '@airq/aqi-client'
import { dailyColumns, type FeatureColumn } from './columns.ts'
import { type DecisionRule, hourOf } from './decisions.ts'
import type { Block, WeatherField } from './information.ts'
import { type Field, FIELDS } from './series.ts'
import type { PointInTimeView } from './view.ts'

/** First hour in and first hour out, of the local day of the decision. */
type Window = readonly [from: number, to: number]

/** The mean of today's hours so far as an AQI, for the baseline. */
export const SO_FAR_COLUMN = 'aqi_so_far'

const WINDOW_HOURS = [1, 3, 6, 12] as const
const MODEL_WINDOWS = [3, 6, 12, 24] as const
/** Pollutants that sources forecast. */
const FORECAST_POLLUTANTS = ['pm25', 'pm10', 'o3'] as const
const WEATHER_FIELDS: readonly WeatherField[] = [
  'temperature',
  'dew_point',
  'pressure',
  'precipitation',
  'wind_speed',
  'wind_u',
  'wind_v',
]
const CHANGES: readonly WeatherField[] = ['temperature', 'dew_point', 'pressure']
/** Parts of a day in order, six hours each. */
const PARTS = ['night', 'morning', 'afternoon', 'evening'] as const
const PART_HOURS = 6

/** The columns of a row: those of `daily`, then those of each block. */
export function columnsOf(rule: DecisionRule, blocks: readonly Block[]): readonly FeatureColumn[] {
  const ofBlock: Readonly<Record<Block, (rule: DecisionRule) => readonly FeatureColumn[]>> = {
    stationHours: hourColumns,
    modelHours: modelColumns,
    sourceForecast: sourceForecastColumns,
    weather: weatherColumns,
  }
  return [...dailyColumns, ...blocks.flatMap((block) => ofBlock[block](rule))]
}

/** The windows up to an hour, from the narrowest to the whole day so far. */
function windowsUpTo(hour: number): readonly Window[] {
  const narrow = WINDOW_HOURS.filter((hours) => hours < hour).map((hours): Window => [hour - hours, hour])
  return [...narrow, [0, hour]]
}

function hourColumns(rule: DecisionRule): FeatureColumn[] {
  const hour = hourOf(rule)
  const today = (view: PointInTimeView) => Math.ceil(view.decision.hour / 24) - 1
  const windows = windowsUpTo(hour)
  const yesterday = hour < 12 ? windowsUpTo(24) : []
  return [
    { name: SO_FAR_COLUMN, from: 'stationHours', compute: (view) => soFar(view, today(view), hour) },
    {
      name: 'log_aqi_so_far',
      from: 'stationHours',
      compute: (view) => Math.log1p(soFar(view, today(view), hour)),
    },
    ...FIELDS.flatMap((field) => [
      ...windows.map((_, i) => windowColumn('today', field, windows.slice(i), today)),
      ...yesterday.map((_, i) =>
        windowColumn('before', field, yesterday.slice(i), (view) => today(view) - 1),
      ),
    ]),
  ]
}

/** The mean over the first window; where it is empty, over the next wider one. */
function windowColumn(
  when: string,
  field: Field,
  windows: readonly Window[],
  day: (view: PointInTimeView) => number,
): FeatureColumn {
  const [from, to] = windows[0] ?? [0, 0]
  return {
    name: `log_${field}_${when}_${String(from)}_${String(to)}`,
    from: 'stationHours',
    compute(view) {
      for (const window of windows) {
        const mean = view.hours(field, day(view), window)
        if (!Number.isNaN(mean)) return mean
      }
      return Number.NaN
    },
  }
}

/** The largest of the pollutants' means over the hours so far, in index points. */
function soFar(view: PointInTimeView, day: number, hour: number): number {
  const means = POLLUTANTS.map((field) => view.meanOfHours(field, day, [0, hour])).filter(
    (mean) => !Number.isNaN(mean),
  )
  return means.length === 0 ? Number.NaN : Math.max(...means)
}

function modelColumns(): FeatureColumn[] {
  return FIELDS.flatMap((field) =>
    MODEL_WINDOWS.map((hours) => ({
      name: `log_${field}_model_${String(hours)}`,
      from: 'modelHours' as const,
      compute: (view: PointInTimeView) => view.modelHours(field, hours),
    })),
  )
}

function sourceForecastColumns(): FeatureColumn[] {
  return FORECAST_POLLUTANTS.map((pollutant) => ({
    name: `log_${pollutant}_forecast`,
    from: 'sourceForecast',
    compute: (view) => Math.log1p(view.sourceForecast(pollutant, view.targetDay)),
  }))
}

/** Rain on a log scale, everything else as it is. */
function scaled(field: WeatherField, value: number): number {
  return field === 'precipitation' ? Math.log1p(value) : value
}

/** The weather of the target (of what is left of it, when it is today), of the days before, and what will change. */
function weatherColumns(rule: DecisionRule): FeatureColumn[] {
  const hour = hourOf(rule)
  const isToday = rule.decision === 'morning'
  const latest = PARTS[Math.max(0, Math.floor(hour / PART_HOURS) - 1)] ?? 'night'
  const dayBefore = (view: PointInTimeView, field: WeatherField) =>
    view.weather(field, view.targetDay - 1, 'day')
  const target = (view: PointInTimeView, field: WeatherField) => {
    const rest = isToday ? meanOf(view, field, view.targetDay, partsFrom(hour)) : Number.NaN
    return Number.isNaN(rest) ? view.weather(field, view.targetDay, 'day') : rest
  }
  const reads: Readonly<Record<string, (view: PointInTimeView, field: WeatherField) => number>> = {
    target,
    day_before: dayBefore,
    two_days_before: (view, field) => view.weather(field, view.targetDay - 2, 'day'),
    latest: (view, field) => view.weather(field, view.targetDay - (isToday ? 0 : 1), latest),
  }
  return [
    ...WEATHER_FIELDS.flatMap((field) =>
      Object.entries(reads).map(([when, read]) => ({
        name: `${field}_${when}`,
        from: 'weather' as const,
        compute: (view: PointInTimeView) => scaled(field, read(view, field)),
      })),
    ),
    ...CHANGES.map((field) => ({
      name: `${field}_change`,
      from: 'weather' as const,
      compute: (view: PointInTimeView) => target(view, field) - dayBefore(view, field),
    })),
  ]
}

/** The parts of a day that begin at an hour or later; the last one where none does. */
function partsFrom(hour: number): readonly string[] {
  const parts = PARTS.filter((_, i) => i * PART_HOURS >= hour)
  return parts.length === 0 ? [PARTS[PARTS.length - 1] ?? 'evening'] : parts
}

function meanOf(view: PointInTimeView, field: WeatherField, day: number, parts: readonly string[]): number {
  const values = parts.map((part) => view.weather(field, day, part)).filter((value) => !Number.isNaN(value))
  return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length
}
