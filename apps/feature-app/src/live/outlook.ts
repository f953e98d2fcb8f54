import { addDays, type LocalDay } from '@airq/aqi-client'

/** Final days from which on inference trusts an average, and training a regression. */
const EWMA_DAYS = 14
const MODEL_DAYS = 120

export interface Outlook {
  readonly finalDays: number
  /** What inference would rest on with so many days. */
  readonly forecaster: 'none' | 'persistence' | 'ewma' | 'model'
  /** Local day on which the first model can be trained if no day is missed; `null` when it can be already. */
  readonly firstModelOn: LocalDay | null
}

/** What a history of so many final days is good for, and since when or until when. */
export function outlook(finalDays: number, today: LocalDay): Outlook {
  const forecaster =
    finalDays === 0
      ? 'none'
      : finalDays < EWMA_DAYS
        ? 'persistence'
        : finalDays < MODEL_DAYS
          ? 'ewma'
          : 'model'
  return {
    finalDays,
    forecaster,
    firstModelOn: finalDays >= MODEL_DAYS ? null : addDays(today, MODEL_DAYS - finalDays),
  }
}
