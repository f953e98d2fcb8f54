import { AqiError } from '../errors.ts'
import type { Scale } from '../types.ts'

export const CATEGORY_KEYS = [
  'good',
  'moderate',
  'unhealthy-sensitive',
  'unhealthy',
  'very-unhealthy',
  'hazardous',
] as const
export type CategoryKey = (typeof CATEGORY_KEYS)[number]

/** A class of an index scale. It reaches from `lower` (an index value, inclusive) to the next class. */
export interface Category {
  readonly key: CategoryKey
  readonly label: string
  /** `#RRGGBB`. */
  readonly colour: string
  readonly lower: number
}

/** Classes by scale, ascending. Labels, colours and bounds of US EPA (EPA-454/B-24-002). */
export const CATEGORIES: Readonly<Record<Scale, readonly Category[]>> = {
  'us-epa-2015': [
    { key: 'good', label: 'Good', colour: '#00E400', lower: 0 },
    { key: 'moderate', label: 'Moderate', colour: '#FFFF00', lower: 51 },
    { key: 'unhealthy-sensitive', label: 'Unhealthy for Sensitive Groups', colour: '#FF7E00', lower: 101 },
    { key: 'unhealthy', label: 'Unhealthy', colour: '#FF0000', lower: 151 },
    { key: 'very-unhealthy', label: 'Very Unhealthy', colour: '#8F3F97', lower: 201 },
    { key: 'hazardous', label: 'Hazardous', colour: '#7E0023', lower: 301 },
  ],
}

/**
 * The class of an index value: that of the value rounded half up, so 100.4 is `moderate` and 100.5 is not.
 * Throws `AqiError` `bad-value` for a value that rounds below 0 or is not finite.
 */
export function categoryOf(aqi: number, scale: Scale): Category {
  const rounded = Math.round(aqi)
  const category = CATEGORIES[scale].findLast(({ lower }) => lower <= rounded)
  if (category === undefined || !Number.isFinite(rounded)) {
    throw new AqiError('bad-value', `${String(aqi)} is not an index value`)
  }
  return category
}

/** Lower bounds of the classes above the first, for values not yet rounded (50.5 rounds up into the second). */
export function classBounds(scale: Scale): number[] {
  return CATEGORIES[scale].slice(1).map(({ lower }) => lower - 0.5)
}
