import { hourOf, issueSlot, lastDecisionDay } from '@airq/feature-groups'
import { resultsOf, spanText } from './results.ts'
import type { CheckResult, Question, StationFacts } from './types.ts'

const HOUR_MS = 3_600_000

/** When the last good run of a pipeline began; `null` where no job has recorded one. */
export interface LastRun {
  readonly pipeline: string
  readonly startedAt: number | null
}

/** Whether the pipelines that jobs run have run lately. */
export function missedRuns(runs: readonly LastRun[], { now, thresholds }: Question): CheckResult {
  const results = resultsOf('missed-run', null, 'critical')
  const watched = runs.flatMap(({ pipeline, startedAt }) => {
    const hours = thresholds.missedHours[pipeline] ?? 0
    return hours > 0 ? [{ pipeline, startedAt, hours }] : []
  })
  if (watched.length === 0) return results.off()
  const figures = Object.fromEntries(
    watched.map(({ pipeline, startedAt }) => [
      pipeline,
      startedAt === null ? null : new Date(startedAt).toISOString(),
    ]),
  )
  const known = watched.flatMap((run) =>
    run.startedAt === null ? [] : [{ ...run, age: now - run.startedAt }],
  )
  if (known.length === 0) return results.notEnough('no job has recorded a good run yet', figures)
  const missed = known.filter(({ age, hours }) => age > hours * HOUR_MS)
  if (missed.length === 0) return results.ok('all recorded pipelines had a good run in time', figures)
  const told = missed.map(
    ({ pipeline, age, hours }) =>
      `${pipeline}: no good run for ${spanText(age)}, more than ${String(hours)} h`,
  )
  return results.alert(
    told.join('; '),
    'See how its last jobs ended, and whether they are still started.',
    figures,
  )
}

/** Whether the ledger has the forecasts of the last decisions that are due. */
export function missedForecast(facts: StationFacts, { now, thresholds }: Question): CheckResult {
  const results = resultsOf('missed-run', facts.id, 'critical')
  const { forecastHours } = thresholds
  if (forecastHours === 0) return results.off()
  const told = facts.rules.flatMap((rule) => {
    const slots = facts.issued.flatMap(({ decision, issueSlot: slot, issuedAt }) => {
      const isOurs = decision === rule.decision && slot.endsWith(`T${String(hourOf(rule)).padStart(2, '0')}`)
      return isOurs && issuedAt <= now ? [slot] : []
    })
    const newest = slots.toSorted().at(-1)
    if (newest === undefined) return []
    const due = issueSlot(lastDecisionDay(now - forecastHours * HOUR_MS, rule, facts.timeZone), rule)
    return [{ decision: rule.decision, newest, due, isMissing: newest < due }]
  })
  const figures = Object.fromEntries(told.map(({ decision, newest }) => [decision, newest]))
  if (told.length === 0) return results.notEnough('the ledger has no forecast yet', figures)
  const missing = told.filter(({ isMissing }) => isMissing)
  if (missing.length === 0) return results.ok('the ledger has the forecasts that are due', figures)
  return results.alert(
    missing
      .map(
        ({ decision, newest, due }) =>
          `the ${decision} forecast of ${due} is not in the ledger ${String(forecastHours)} h after it was due; the newest is of ${newest}`,
      )
      .join('; '),
    'Run inference-pipeline and see what it says.',
    figures,
  )
}
