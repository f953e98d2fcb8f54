import { mean } from 'simple-statistics'
import { ModelError } from './errors.ts'
import type { Distribution } from './uncertainty.ts'

/** Scores of some of the days. */
export interface SliceScores {
  readonly n: number
  readonly mae: number
  /** MAE divided by that of persistence on the same days; `null` where persistence never errs. */
  readonly relMae: number | null
  /** Share of outcomes within the interval. */
  readonly coverage90: number
}

export interface SlicedDays {
  readonly actual: readonly number[]
  readonly issued: readonly Pick<Distribution, 'point' | 'lower' | 'upper'>[]
  readonly persistence: readonly number[]
  /** Day numbers of the targets. */
  readonly targetDays: readonly number[]
}

/** Meteorological seasons by their months. */
const SEASONS = ['DJF', 'MAM', 'JJA', 'SON'] as const
const LEVELS = ['low', 'middle', 'high'] as const
const DAY_MS = 86_400_000

/**
 * Scores by season of the target (`DJF`, `MAM`, `JJA`, `SON`), by third of the forecast level (`low`, `middle`,
 * `high`), and of days whose outcome was at least `threshold` (`above`). A slice without days is left out.
 */
export function sliceScores(days: SlicedDays, threshold: number): Record<string, SliceScores> {
  const { actual, issued, persistence, targetDays } = days
  if ([issued, persistence, targetDays].some(({ length }) => length !== actual.length)) {
    throw new ModelError('bad-matrix', 'slices need equally many forecasts, outcomes and days')
  }
  const rows = actual.map((_, row) => row)
  const byLevel = rows.toSorted((a, b) => (issued[a]?.point ?? 0) - (issued[b]?.point ?? 0))
  const third = (part: number) =>
    byLevel.slice(Math.round((part * rows.length) / 3), Math.round(((part + 1) * rows.length) / 3))
  const slices: [string, readonly number[]][] = [
    ...SEASONS.map((name): [string, number[]] => [
      name,
      rows.filter((row) => seasonOf(targetDays[row] ?? 0) === name),
    ]),
    ...LEVELS.map((name, part): [string, number[]] => [name, third(part)]),
    ['above', rows.filter((row) => (actual[row] ?? 0) >= threshold)],
  ]
  return Object.fromEntries(
    slices.filter(([, of]) => of.length > 0).map(([name, of]) => [name, scoresOf(days, of)]),
  )
}

function scoresOf({ actual, issued, persistence }: SlicedDays, rows: readonly number[]): SliceScores {
  const errors = rows.map((row) => Math.abs((issued[row]?.point ?? Number.NaN) - (actual[row] ?? Number.NaN)))
  const baseline = mean(
    rows.map((row) => Math.abs((persistence[row] ?? Number.NaN) - (actual[row] ?? Number.NaN))),
  )
  const held = rows.filter((row) => {
    const { lower = Number.NaN, upper = Number.NaN } = issued[row] ?? {}
    const outcome = actual[row] ?? Number.NaN
    return outcome >= lower && outcome <= upper
  })
  const mae = mean(errors)
  return {
    n: rows.length,
    mae,
    relMae: baseline > 0 ? mae / baseline : null,
    coverage90: held.length / rows.length,
  }
}

function seasonOf(day: number): (typeof SEASONS)[number] {
  const month = new Date(day * DAY_MS).getUTCMonth()
  return SEASONS[Math.floor(((month + 1) % 12) / 3)] ?? 'DJF'
}
