import {
  addDays,
  type DailyReading,
  dayNumber,
  type HourlyReading,
  localDay,
  localDayAt,
  startOfDay,
} from '@airq/aqi-client'
import { mean, sampleCorrelation } from 'simple-statistics'
import { rounded } from './counted.ts'
import { changedShifts } from './import-shifts.ts'
import { resultsOf } from './results.ts'
import type { CheckResult, Question, StationFacts } from './types.ts'

/** Fewer pairs of days tell no shift. */
const LEAST_PAIRS = 30
/** A day's mean of fewer readings is none. */
const LEAST_READINGS = 4
const LEAST_CORRELATION = 0.3
const OTHERS = ['pm10', 'co', 'no2'] as const
const LAGS = [-1, 0, 1] as const

const HINT_OF_DAYS =
  'Import a new download by itself and look at its alignment (docs/data-definitions.md); do not train on these days before.'
const HINT_OF_IMPORTS =
  'A column has another lag than it had (docs/data-definitions.md): was the file edited? If not, do not train on its days before that is clear.'

/** A value a day, by day number. */
type Series = ReadonlyMap<number, number>

/**
 * Whether the columns of the last days still belong to one day: PM2.5 beside the other pollutants, and downloaded days
 * beside the readings pulled on them. Their changes from day to day go together best on the same day; where they do so
 * a day apart, the labels of a download have changed their meaning. And whether the newest import moved its columns by
 * other days than the one before.
 */
export function alignmentChanged(facts: StationFacts, { now, thresholds }: Question): CheckResult {
  const { alignmentDays } = thresholds
  const results = resultsOf('alignment-changed', facts.id, 'critical')
  if (alignmentDays === 0) return results.off()
  const since = addDays(localDayAt(now, facts.timeZone), -alignmentDays)
  const days = facts.days.filter(({ day, status, knownAt }) => {
    return day >= since && status === 'final' && knownAt <= now
  })
  const fits = fitsOf(days, facts.readings)
  const figures = figuresOf(fits)
  const shifted = fits.filter(({ fit }) => fit.shift !== 0)
  const changed = changedShifts(facts.imports, { now, since: startOfDay(since, facts.timeZone) })
  if (shifted.length > 0 || changed !== null) {
    return results.alert(
      [
        ...shifted.map(
          ({ name, fit }) => `${name} fit best ${fit.shift > 0 ? 'a day later' : 'a day earlier'}`,
        ),
        ...(changed === null ? [] : [`the last import moved its columns otherwise: ${changed}`]),
      ].join('; '),
      shifted.length > 0 ? HINT_OF_DAYS : HINT_OF_IMPORTS,
      figures,
    )
  }
  if (fits.length === 0) return results.notEnough('too few days to tell a shift', figures)
  return results.ok('all columns fit best on the same day', figures)
}

interface NamedFit {
  readonly name: string
  readonly fit: Fit
}

function fitsOf(days: readonly DailyReading[], readings: readonly HourlyReading[]): NamedFit[] {
  const downloaded = days.filter(({ origin }) => origin === 'csv')
  const fits = [
    { name: 'pm25 beside the other pollutants', fit: fitOf(changes(seriesOf(days, 'pm25')), others(days)) },
    {
      name: 'downloaded days beside the readings',
      fit: fitOf(changes(seriesOf(downloaded, 'pm25')), changes(dailyMeans(readings))),
    },
  ]
  return fits.flatMap(({ name, fit }) => (fit === null ? [] : [{ name, fit }]))
}

function figuresOf(fits: readonly NamedFit[]): Record<string, number> {
  return Object.fromEntries(
    fits.flatMap(({ name, fit }) => [
      [`${name}: days`, fit.n],
      ...LAGS.map((lag) => [`${name}: ${String(lag)}`, rounded(fit.correlations[lag] ?? Number.NaN)]),
    ]),
  ) as Record<string, number>
}

interface Fit {
  readonly n: number
  /** Days that the second series lies after the first; 0 unless that is beyond doubt. */
  readonly shift: number
  readonly correlations: Readonly<Record<number, number>>
}

function fitOf(first: Series, second: Series): Fit | null {
  const told = LAGS.map((lag) => {
    const pairs = [...first].flatMap(([day, value]) => {
      const other = second.get(day + lag)
      return other === undefined ? [] : [[value, other] as const]
    })
    return { lag, pairs }
  })
  const n = Math.min(...told.map(({ pairs }) => pairs.length))
  if (n < LEAST_PAIRS) return null
  const correlations = Object.fromEntries(
    told.map(({ lag, pairs }) => {
      const found = sampleCorrelation(
        pairs.map(([a]) => a),
        pairs.map(([, b]) => b),
      )
      return [lag, Number.isFinite(found) ? found : 0]
    }),
  ) as Record<number, number>
  const of = (lag: number) => correlations[lag] ?? 0
  const best = LAGS.reduce<number>((held, lag) => (of(lag) > of(held) ? lag : held), 0)
  // Two standard errors of the difference, as if the two were independent: by chance they differ by less.
  const doubt = 2 * Math.sqrt(((1 - of(best) ** 2) ** 2 + (1 - of(0) ** 2) ** 2) / n)
  const isClear = of(best) > LEAST_CORRELATION && of(best) - of(0) > doubt
  return { n, shift: isClear ? best : 0, correlations }
}

function seriesOf(days: readonly DailyReading[], pollutant: 'pm25' | (typeof OTHERS)[number]): Series {
  return new Map(
    days.flatMap(({ day, sub }) => {
      const value = sub[pollutant]
      return value === undefined ? [] : [[dayNumber(day), value] as const]
    }),
  )
}

/** Mean change of the other pollutants. */
function others(days: readonly DailyReading[]): Series {
  const each = OTHERS.map((pollutant) => changes(seriesOf(days, pollutant)))
  return new Map(
    days.flatMap(({ day }) => {
      const number = dayNumber(day)
      const known = each.flatMap((series) => series.get(number) ?? [])
      return known.length === 0 ? [] : [[number, mean(known)] as const]
    }),
  )
}

/** Of the logarithm, from the day before. */
function changes(series: Series): Series {
  return new Map(
    [...series].flatMap(([day, value]) => {
      const before = series.get(day - 1)
      return before === undefined ? [] : [[day, Math.log1p(value) - Math.log1p(before)] as const]
    }),
  )
}

function dailyMeans(readings: readonly HourlyReading[]): Series {
  const byDay = new Map<number, number[]>()
  for (const { hour, sub } of readings) {
    if (sub.pm25 === undefined) continue
    const day = dayNumber(localDay(hour.slice(0, 10)))
    byDay.set(day, [...(byDay.get(day) ?? []), sub.pm25])
  }
  return new Map(
    [...byDay].flatMap(([day, values]) =>
      values.length < LEAST_READINGS ? [] : [[day, mean(values)] as const],
    ),
  )
}
