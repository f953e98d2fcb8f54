import { z } from 'zod'
import { binColumns } from '../boosting/bins.ts'
import { boost, type BoostParams } from '../boosting/boost.ts'
import { ModelError } from '../errors.ts'
import { parseFitted, stable } from '../fitted-json.ts'
import type { Contribution, FittedForecaster, Forecaster } from '../forecaster.ts'
import { fromLog, logRange } from '../log-range.ts'
import {
  at,
  columnIndex,
  featureColumns,
  type ForecastRow,
  rowCount,
  type SeriesPool,
  type TrainingMatrix,
} from '../matrix.ts'
import { BoostedColumns, boostedReasons, boostedValue, checkBoostParams } from './boosting.ts'
import { SEASON_DAYS, usualFrom, usualOfRows } from './usual-season.ts'

const ROWS_AT_LEAST = 60
/** More rows than this are thinned out evenly: they cost time and tell little more. */
const MOST_ROWS = 60_000

const columns = z.array(z.int().min(0)).max(2000)
const Fitted = z.strictObject({
  range: z.tuple([z.number(), z.number()]),
  /** Columns of the last values of the series; the mean of their logs is its level. */
  history: columns.min(1),
  /** The level where none of them is known. */
  usualLevel: z.number(),
  /** Columns that are taken relative to the level. */
  logs: columns,
  names: z.array(z.string()),
  /** What is usual around each day from `firstDay` on, in logs: a feature beside the columns, relative to the level. */
  season: z
    .strictObject({ firstDay: z.int(), logs: z.array(z.number().nullable()).length(SEASON_DAYS) })
    .optional(),
  ...BoostedColumns.shape,
})
type Fitted = z.infer<typeof Fitted>

const SEASON_FEATURE = 'year_usual'

function restore(fitted: Fitted): FittedForecaster {
  const levelOf = (values: Float64Array) => {
    const level = meanLog(values, 0, fitted.history)
    return Number.isNaN(level) ? fitted.usualLevel : level
  }
  const relative = ({ values, targetDay }: ForecastRow, level: number) => {
    const row = new Float64Array(values.length + 1)
    row.set(values)
    for (const column of fitted.logs) row[column] = at(row, column) - level
    row[values.length] = usualAround(fitted, targetDay) - level
    return row
  }
  return {
    predict(row) {
      const level = levelOf(row.values)
      return fromLog(level + boostedValue(fitted, relative(row, level)), fitted.range)
    },
    explain(row) {
      const level = levelOf(row.values)
      return [...levelReasons(fitted, row.values), ...boostedReasons(fitted, relative(row, level))]
    },
    toJSON: () => ({ ...fitted }),
  }
}

/** `NaN` where it is not known, or in a package from before it was a feature. */
function usualAround({ season }: Fitted, targetDay: number): number {
  if (season === undefined) return Number.NaN
  const day = (targetDay - season.firstDay) % SEASON_DAYS
  return season.logs[day < 0 ? day + SEASON_DAYS : day] ?? Number.NaN
}

/** The level is a mean: each value it is made of has its share. */
function levelReasons({ history, names, usualLevel }: Fitted, values: Float64Array): Contribution[] {
  const known = history.flatMap((column, i) =>
    Number.isNaN(at(values, column)) ? [] : [{ feature: names[i] ?? '', value: at(values, column) }],
  )
  return known.map(({ feature, value }) => ({
    feature,
    log: (Math.log1p(value) - usualLevel) / known.length,
  }))
}

function meanLog(values: Float64Array, offset: number, history: readonly number[]): number {
  let [sum, count] = [0, 0]
  for (const column of history) {
    const value = values[offset + column] as number
    if (Number.isNaN(value)) continue
    sum += Math.log1p(value)
    count += 1
  }
  return count === 0 ? Number.NaN : sum / count
}

/** Fits by pool, and within it by instant, parameters and seed: the series of a pool share them. */
const fits = new WeakMap<SeriesPool['series'], Map<string, BoostedColumns>>()

function fitPool(pool: SeriesPool, layout: Layout, params: BoostParams, seed: number): BoostedColumns {
  const known = fits.get(pool.series) ?? new Map<string, BoostedColumns>()
  fits.set(pool.series, known)
  const key = JSON.stringify([String(pool.knownAt), seed, params])
  const boosted = known.get(key) ?? growOn(pool, layout, params, seed)
  known.set(key, boosted)
  return boosted
}

/** Which columns are what, the same in every series of the pool. */
interface Layout {
  readonly names: readonly string[]
  readonly features: readonly number[]
  readonly history: readonly number[]
  readonly logs: readonly number[]
}

function layoutOf(training: TrainingMatrix, pool: SeriesPool): Layout {
  const { columns: names, roles } = training
  if (roles.history.length === 0) {
    throw new ModelError('bad-matrix', 'a model over all series needs the last values of each', {
      fault: 'input',
      hint: 'Name the columns that hold them in roles.history.',
    })
  }
  for (const each of pool.series) {
    if (each.columns.join('\n') !== names.join('\n')) {
      throw new ModelError(
        'bad-matrix',
        'the series of the pool have other columns than the rows to forecast',
        {
          fault: 'input',
          hint: 'Make the rows of all series with the same features.',
        },
      )
    }
  }
  const find = (name: string) => columnIndex(names, name)
  return {
    names,
    features: featureColumns(training),
    history: roles.history.map(find),
    logs: (roles.logs ?? []).map(find),
  }
}

function growOn(pool: SeriesPool, layout: Layout, params: BoostParams, seed: number): BoostedColumns {
  const rows = rowsOf(pool, layout.history)
  if (rows.length < ROWS_AT_LEAST) {
    throw new ModelError(
      'too-few-rows',
      `a model over all series needs at least ${String(ROWS_AT_LEAST)} rows, there are ${String(rows.length)}`,
    )
  }
  const relative = new Set(layout.logs)
  const inputs = layout.features.map((column) => {
    const isRelative = relative.has(column)
    return Float64Array.from(rows, ({ matrix, row, level }) => {
      const value = at(matrix.values, row * matrix.columns.length + column)
      return isRelative ? value - level : value
    })
  })
  inputs.push(Float64Array.from(rows, ({ matrix, row, level }) => at(usualOfRows(matrix), row) - level))
  const target = Float64Array.from(
    rows,
    ({ matrix, row, level }) => Math.log1p(at(matrix.outcomes, row)) - level,
  )
  const { base, trees } = boost(binColumns(inputs), target, params, seed)
  return {
    features: [
      ...layout.features.map((column) => ({ feature: layout.names[column] ?? '', column })),
      { feature: SEASON_FEATURE, column: layout.names.length },
    ],
    boosted: { base: stable(base), trees: [...trees] },
  }
}

function seasonOf(training: TrainingMatrix): Fitted['season'] {
  const { firstDay, logs } = usualFrom(training)
  return { firstDay, logs: logs.map((log) => (Number.isNaN(log) ? null : Number(log.toFixed(6)))) }
}

interface PoolRow {
  readonly matrix: TrainingMatrix
  readonly row: number
  readonly level: number
}

/** The rows whose outcome was known and whose level can be told: in the order of the series, then of time. */
function rowsOf({ series, knownAt }: SeriesPool, history: readonly number[]): PoolRow[] {
  const all: PoolRow[] = []
  for (const matrix of series) {
    for (let row = 0; row < rowCount(matrix); row++) {
      if (at(matrix.outcomeKnownAt, row) > knownAt) continue
      const level = meanLog(matrix.values, row * matrix.columns.length, history)
      if (!Number.isNaN(level)) all.push({ matrix, row, level })
    }
  }
  const share = Math.min(1, MOST_ROWS / Math.max(1, all.length))
  return all.filter((_, i) => Math.floor((i + 1) * share) > Math.floor(i * share))
}

/**
 * Boosting over all series of the matrix's pool at once (without a pool: over its own rows), of the log outcome
 * relative to each series' level; beside its columns a row says what is usual for the season there. What one series is
 * too short to teach, others do.
 */
export const globalBoosting: Forecaster<BoostParams> = {
  id: 'global-boosting',
  defaults: {
    loss: 'l1',
    trees: 200,
    rate: 0.08,
    leaves: 16,
    minRows: 60,
    rowShare: 0.4,
    columnShare: 0.4,
    holdOut: 0,
    patience: 30,
  },
  fit(training, params, { seed }) {
    const checked = checkBoostParams(params)
    const pool = training.pool ?? { series: [training], knownAt: Number.POSITIVE_INFINITY }
    const layout = layoutOf(training, pool)
    const logs = training.outcomes.map((outcome) => Math.log1p(outcome))
    const [low, high] = logRange(logs)
    return restore({
      range: [low, high],
      history: [...layout.history],
      usualLevel: stable(logs.reduce((sum, log) => sum + log, 0) / Math.max(1, logs.length)),
      logs: [...layout.logs],
      names: layout.history.map((column) => layout.names[column] ?? ''),
      season: seasonOf(training),
      ...fitPool(pool, layout, checked, seed),
    })
  },
  load: (data) => restore(parseFitted(Fitted, data, 'global-boosting')),
}
