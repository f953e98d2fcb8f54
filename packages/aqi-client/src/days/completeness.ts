/** How many hours make a day whole. */
export interface CompletenessRule {
  /** So many distinct hours suffice, wherever they lie. */
  readonly hours: number
  /** Fewer suffice when they are spread over the day: so many … */
  readonly spreadHours: number
  /** … with no step longer than so many hours. */
  readonly longestStep: number
}

/** 18 of the 24 hours, or 6 of the 8 that pulls every three hours give. */
export const COMPLETENESS: CompletenessRule = { hours: 18, spreadHours: 6, longestStep: 6 }

/**
 * Whether these hours of the clock (0 to 23, any order, each once) are enough. The ends of the day count too: as
 * steps from the hour before it (−1) and to the hour after it (24), as if there were readings in both.
 */
export function isComplete(hours: readonly number[], rule: CompletenessRule): boolean {
  if (hours.length >= rule.hours) return true
  if (hours.length < rule.spreadHours) return false
  const stops = [-1, ...hours.toSorted((a, b) => a - b), 24]
  return stops.every((hour, i) => hour - (stops[i - 1] ?? hour) <= rule.longestStep)
}
