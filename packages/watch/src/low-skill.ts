import { CLEARING_CONFIDENCE, countedOf, rounded } from './counted.ts'
import { skillInterval } from './intervals.ts'
import { resultsOf } from './results.ts'
import type { CheckResult, Question, StationFacts } from './types.ts'

/** Whether the forecasts as issued have skill against persistence, over each span, as far as chance lets it be told. */
export function lowSkill(facts: StationFacts, question: Question): CheckResult {
  const { skill, confidence } = question.thresholds
  const results = resultsOf('low-skill', facts.id, 'warning')
  if (skill.days.length === 0) return results.off()
  const spans = facts.rules.flatMap((rule) => {
    const counted = countedOf(facts, rule, question)
    return skill.days.map((days) => {
      const pairs = counted(days).map(({ forecast: { aqi }, ...outcome }) => ({ ...outcome, aqi }))
      const isEnough = pairs.length >= skill.leastDays
      const name = `${rule.decision}, ${String(days)} days`
      const bounds = isEnough ? skillInterval(pairs, confidence) : null
      const narrow = isEnough ? skillInterval(pairs, CLEARING_CONFIDENCE) : null
      return { name, n: pairs.length, bounds, narrow }
    })
  })
  const figures = Object.fromEntries(
    spans.flatMap(({ name, n, bounds }) => [
      [`${name}: outcomes`, n],
      [`${name}: skill`, bounds === null ? null : rounded(bounds.value)],
      [`${name}: lower`, bounds === null ? null : rounded(bounds.lower)],
      [`${name}: upper`, bounds === null ? null : rounded(bounds.upper)],
    ]),
  )
  const told = spans.filter(({ bounds }) => bounds !== null)
  if (told.length === 0) {
    return results.notEnough(`fewer than ${String(skill.leastDays)} forecasts have an outcome`, figures)
  }
  const isBelow = (upper: number | undefined) => upper !== undefined && upper < skill.alarmBelow
  const low = told.filter(({ bounds }) => isBelow(bounds?.upper))
  if (low.length === 0) {
    const isOver = told.every(({ narrow }) => !isBelow(narrow?.upper))
    return results.ok(
      'the forecasts have no less skill than they should, as far as chance tells',
      figures,
      isOver,
    )
  }
  return results.alert(
    `skill against persistence is below ${String(skill.alarmBelow)}, beyond chance: ${low.map(({ name }) => name).join('; ')}`,
    'Train again, or give the stage back to an earlier model: docs/runbook.md, "Worse than persistence".',
    figures,
  )
}
