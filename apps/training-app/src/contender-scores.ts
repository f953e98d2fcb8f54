import {
  alertInterval,
  alertRule,
  type Backtest,
  type Distribution,
  isBaseline,
  issuedBy,
  type ProbabilityScores,
  score,
  scoreAlerts,
  scoreDistributions,
  type Scores,
  type SliceScores,
  sliceScores,
} from '@airq/model'

/** Scores of a contender on the test days, beside persistence on the same days. */
export interface ContenderScores extends Scores, ProbabilityScores {
  /** Mean squared error of the probability of a day above the key, e.g. above 100. */
  readonly brier: Readonly<Record<string, number>>
  /** F1 of warnings of such days, by a rule learnt on the days before the test days; `null` where none came. */
  readonly f1: Readonly<Record<string, number | null>>
  /** Its 90 % interval, by a block bootstrap of the test days. */
  readonly f1Interval: Readonly<Record<string, readonly [lower: number, upper: number] | null>>
  /** p-value of the lead over each baseline on the same days, by its name; `null` on too few days. */
  readonly dieboldMariano: Readonly<Record<string, number | null>>
  /** By season, third of the forecast level, and of days above 100. */
  readonly slices: Readonly<Record<string, SliceScores>>
}

/** Intervals are scored at this coverage whatever the configuration asks of forecasts, so that scores compare. */
const COVERAGE = 0.9
/** Warnings are scored for days above this AQI. */
const WARN_ABOVE = 100

/**
 * Scores one recipe of a backtest on the rows named. The point that is scored is the one that would have been issued:
 * that of a model debiased with the residuals known at the time, that of a baseline as it stands.
 */
export function contenderScores(
  result: Backtest,
  { index, id }: { readonly index: number; readonly id: string },
  rows: readonly number[],
  { classBounds, seed }: { readonly classBounds: readonly number[]; readonly seed: number },
): {
  scores: Omit<ContenderScores, 'dieboldMariano'>
  forecasts: readonly number[]
  lower: readonly number[]
  upper: readonly number[]
} {
  const issued = issuedBy(result, index, {
    coverage: COVERAGE,
    classBounds,
    from: 0,
    debias: !isBaseline(id),
  })
  const test = withOutcomes(rows, issued, result.actual)
  const earlier = withOutcomes(
    Array.from({ length: result.testFrom }, (_, row) => row),
    issued,
    result.actual,
  )
  const forecasts = test.issued.map(({ point }) => point)
  const persistence = rows.map((row) => result.forecasts[0]?.[row] ?? Number.NaN)
  const threshold = classBounds.find((bound) => bound > WARN_ABOVE) ?? WARN_ABOVE + 0.5
  const rule = alertRule(threshold, earlier.actual, earlier.issued)
  const alerts = scoreAlerts(rule, test.actual, test.issued)
  const key = String(WARN_ABOVE)
  return {
    forecasts,
    lower: test.issued.map(({ lower }) => lower),
    upper: test.issued.map(({ upper }) => upper),
    scores: {
      ...score(test.actual, forecasts, persistence, classBounds),
      ...scoreDistributions(test.actual, test.issued),
      brier: { [key]: alerts.brier },
      f1: { [key]: alerts.f1 },
      f1Interval: { [key]: alertInterval(rule, test.actual, test.issued, { seed }) },
      slices: sliceScores(
        {
          ...test,
          persistence,
          targetDays: rows.map((row) => result.targetDays[row] ?? Number.NaN),
        },
        threshold,
      ),
    },
  }
}

/** Leaves out rows for which nothing could be issued yet. */
function withOutcomes(
  rows: readonly number[],
  issued: readonly (Distribution | null)[],
  actual: readonly number[],
) {
  const pairs = rows.flatMap((row) => {
    const given = issued[row] ?? null
    return given === null ? [] : [{ given, outcome: actual[row] ?? Number.NaN }]
  })
  return { issued: pairs.map(({ given }) => given), actual: pairs.map(({ outcome }) => outcome) }
}
