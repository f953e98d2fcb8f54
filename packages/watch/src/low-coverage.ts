import { mean } from 'simple-statistics'
import { CLEARING_CONFIDENCE, countedOf, rounded } from './counted.ts'
import { shareInterval } from './intervals.ts'
import { resultsOf } from './results.ts'
import type { CheckResult, Question, StationFacts } from './types.ts'

/** Whether as many outcomes lie within the interval as it was to hold, as far as chance lets it be told. */
export function lowCoverage(facts: StationFacts, question: Question): CheckResult {
  const { coverage, confidence } = question.thresholds
  const results = resultsOf('low-coverage', facts.id, 'warning')
  if (coverage.days === 0) return results.off()
  const told = facts.rules.flatMap((rule) => {
    const counted = countedOf(facts, rule, question)(coverage.days)
    if (counted.length < coverage.leastDays) return []
    const wanted = mean(counted.map(({ forecast }) => forecast.coverage))
    const hits = counted.filter(
      ({ forecast: { lower, upper }, actual }) => lower <= actual && actual <= upper,
    ).length
    const bounds = shareInterval(hits, counted.length, confidence)
    const narrow = shareInterval(hits, counted.length, CLEARING_CONFIDENCE)
    return bounds === null ? [] : [{ name: rule.decision, n: counted.length, wanted, bounds, narrow }]
  })
  const figures = Object.fromEntries(
    told.flatMap(({ name, n, wanted, bounds }) => [
      [`${name}: outcomes`, n],
      [`${name}: wanted`, rounded(wanted)],
      [`${name}: share`, rounded(bounds.value)],
      [`${name}: lower`, rounded(bounds.lower)],
      [`${name}: upper`, rounded(bounds.upper)],
    ]),
  )
  if (told.length === 0) {
    return results.notEnough(`fewer than ${String(coverage.leastDays)} forecasts have an outcome`, figures)
  }
  const low = told.filter(({ bounds, wanted }) => bounds.upper < wanted)
  if (low.length === 0) {
    const isOver = told.every(({ narrow, wanted }) => narrow === null || narrow.upper >= wanted)
    return results.ok('the intervals hold what they should, as far as chance tells', figures, isOver)
  }
  return results.alert(
    `fewer outcomes lie within the interval than it was to hold, beyond chance: ${low
      .map(({ name, wanted }) => `${name}, ${String(coverage.days)} days, wanted ${String(rounded(wanted))}`)
      .join('; ')}`,
    'Train again: the spread of the errors is learnt anew.',
    figures,
  )
}
