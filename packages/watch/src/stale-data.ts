import { addDays, localDayAt } from '@airq/aqi-client'
import { daysBetween } from '@airq/feature-groups'
import { resultsOf, spanText } from './results.ts'
import type { CheckResult, Question, StationFacts } from './types.ts'

const HOUR_MS = 3_600_000

/** Whether the newest reading and the newest final day are as new as they should be. */
export function staleData(facts: StationFacts, { now, thresholds }: Question): CheckResult {
  const { staleHours, staleDays } = thresholds
  const results = resultsOf('stale-data', facts.id, 'critical')
  if (staleHours === 0 && staleDays === 0) return results.off()
  const day = facts.days.findLast(({ aqi, status, knownAt }) => {
    return aqi !== null && (status === 'final' || status === 'modelled') && knownAt <= now
  })?.day
  const lastPossible = addDays(localDayAt(now, facts.timeZone), -1)
  const behind = day === undefined ? null : Math.max(0, daysBetween(day, lastPossible))
  const { newestReadingAt } = facts
  const age = newestReadingAt === null ? null : Math.max(0, now - newestReadingAt)
  const figures = {
    readingAgeHours: age === null ? null : Math.round(age / HOUR_MS),
    lastFinalDay: day ?? null,
    daysBehind: behind,
  }
  if (age === null && behind === null)
    return results.notEnough('neither a reading nor a final day yet', figures)
  const wrong = [
    ...(staleHours > 0 && age !== null && age > staleHours * HOUR_MS
      ? [`no reading for ${spanText(age)}, more than ${String(staleHours)} h`]
      : []),
    ...(staleDays > 0 && behind !== null && behind > staleDays
      ? [`the newest final day is ${String(behind)} days behind, more than ${String(staleDays)}`]
      : []),
  ]
  if (wrong.length === 0) return results.ok('readings and days are new enough', figures)
  return results.alert(
    wrong.join('; '),
    'See whether the source still answers (feature-pipeline config.yaml --check), whether feature runs take place, or import newer days.',
    figures,
  )
}
