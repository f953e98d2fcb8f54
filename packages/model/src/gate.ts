import { dieboldMariano, type PairedTest } from './paired-test.ts'

export interface GateRules {
  /** The challenger is promoted when a paired test gives so small a probability to chance. */
  readonly pValue: number
  /** … or when its relMae is smaller by this share of the champion's. */
  readonly minGain: number
  /** A refit of the champion's own recipe is published unless its relMae is worse by more than this share. */
  readonly refitTolerance: number
}

export const GATE_RULES: GateRules = { pValue: 0.1, minGain: 0.01, refitTolerance: 0.02 }

/** What wants to serve: its score, and its forecasts of the test days. */
export interface GateContender {
  readonly relMae: number
  readonly forecasts: readonly number[]
}

export interface GateQuestion {
  readonly actual: readonly number[]
  readonly challenger: GateContender
  /** The recipe serving now, on the same days with the same refits; `null` where nothing serves. */
  readonly champion: GateContender | null
  /** True where both are the same recipe, so that the challenger is a refit on newer data. */
  readonly sameRecipe: boolean
  /** relMae the serving version was published with; `null` where it doesn't tell. */
  readonly championPublishedRelMae: number | null
}

export interface GateVerdict {
  readonly promote: boolean
  readonly because:
    'no-champion' | 'better' | 'refit' | 'worse-than-persistence' | 'not-better' | 'refit-worse'
  /** Share by which the challenger's relMae is smaller; negative when larger; `null` without a champion. */
  readonly gain: number | null
  readonly test: PairedTest | null
}

/**
 * Whether a challenger takes over. Recipes are compared, not fitted models: both forecast the same rolling-origin
 * days with the same refits, since a comparison on a few new days has too large an error to decide anything. Nothing
 * worse than persistence ever serves.
 */
export function gate(question: GateQuestion, rules: GateRules = GATE_RULES): GateVerdict {
  const { actual, challenger, champion } = question
  if (challenger.relMae > 1) {
    return { promote: false, because: 'worse-than-persistence', gain: null, test: null }
  }
  if (champion === null) return { promote: true, because: 'no-champion', gain: null, test: null }
  if (question.sameRecipe) return judgeRefit(question, rules)
  const gain = 1 - challenger.relMae / champion.relMae
  const test = dieboldMariano(actual, challenger.forecasts, champion.forecasts)
  const promote = gain >= rules.minGain || test.pFirstBetter < rules.pValue
  return { promote, because: promote ? 'better' : 'not-better', gain, test }
}

function judgeRefit(
  { challenger, championPublishedRelMae: before }: GateQuestion,
  rules: GateRules,
): GateVerdict {
  const gain = before === null ? 0 : 1 - challenger.relMae / before
  const promote = gain >= -rules.refitTolerance
  return { promote, because: promote ? 'refit' : 'refit-worse', gain, test: null }
}
