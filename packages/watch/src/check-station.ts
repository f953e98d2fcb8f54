import { alignmentChanged } from './alignment-changed.ts'
import { identityChanged, type IdentityCheck } from './identity-changed.ts'
import { lowCoverage } from './low-coverage.ts'
import { lowSkill } from './low-skill.ts'
import { missedForecast } from './missed-run.ts'
import { staleData } from './stale-data.ts'
import { stuckSensor } from './stuck-sensor.ts'
import type { CheckResult, Question, StationFacts } from './types.ts'

export interface StationCheck {
  /** One a cause. */
  readonly results: readonly CheckResult[]
  /** To be kept for the next look. */
  readonly identity: IdentityCheck['identity']
}

/** Everything that is watched at one station. */
export function checkStation(facts: StationFacts, question: Question): StationCheck {
  const { result, identity } = identityChanged(facts, question)
  const results = [
    staleData(facts, question),
    missedForecast(facts, question),
    lowSkill(facts, question),
    lowCoverage(facts, question),
    stuckSensor(facts, question),
    result,
    alignmentChanged(facts, question),
  ]
  return { results, identity }
}
