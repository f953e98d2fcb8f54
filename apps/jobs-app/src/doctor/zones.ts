import { offsetInstant } from '@airq/aqi-client'
import { nearestTimeZone } from '@airq/pipeline/inspect'

/**
 * The zone that one of the names tells of, if it is as far from UTC as it should be.
 * @param offset `+08:00`
 * @param at epoch ms at which the offset holds
 */
export function suggestedZone(names: readonly string[], offset: string, at: number): string | undefined {
  const words = names.flatMap((name) => [name, ...name.split(/[^\p{L}]+/u)]).filter((word) => word.length > 2)
  for (const word of new Set(words)) {
    const zone = nearestTimeZone(word)
    if (zone !== null && offsetInstant(at, zone).endsWith(offset)) return zone
  }
  return undefined
}
