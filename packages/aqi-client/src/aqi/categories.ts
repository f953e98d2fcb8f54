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
/** The same six keys on every scale; the Chinese classes 1 to 6 (优 to 严重污染) bear them in the same order. */
export type CategoryKey = (typeof CATEGORY_KEYS)[number]

/** A class of an index scale. It reaches from `lower` (an index value, inclusive) to the next class. */
export interface Category {
  readonly key: CategoryKey
  /** Official name in English. */
  readonly label: string
  /** Name in the Chinese standard; Chinese scales only. */
  readonly labelZh?: string
  /** `#RRGGBB`. */
  readonly colour: string
  readonly lower: number
  /** One sentence on who should do what, in our words after the standard's own; not medical advice. */
  readonly advice: string
}

const US_EPA: readonly Category[] = [
  {
    key: 'good',
    label: 'Good',
    colour: '#00E400',
    lower: 0,
    advice: 'A good day to be active outdoors.',
  },
  {
    key: 'moderate',
    label: 'Moderate',
    colour: '#FFFF00',
    lower: 51,
    advice: 'Unusually sensitive people may want shorter or lighter activity outdoors.',
  },
  {
    key: 'unhealthy-sensitive',
    label: 'Unhealthy for Sensitive Groups',
    colour: '#FF7E00',
    lower: 101,
    advice: 'Children, older adults and people with heart or lung disease should take it easier outdoors.',
  },
  {
    key: 'unhealthy',
    label: 'Unhealthy',
    colour: '#FF0000',
    lower: 151,
    advice: 'Everyone should cut down long or heavy exertion outdoors; sensitive groups should avoid it.',
  },
  {
    key: 'very-unhealthy',
    label: 'Very Unhealthy',
    colour: '#8F3F97',
    lower: 201,
    advice: 'Everyone should avoid long or heavy exertion outdoors; sensitive groups should stay indoors.',
  },
  {
    key: 'hazardous',
    label: 'Hazardous',
    colour: '#7E0023',
    lower: 301,
    advice:
      'Everyone should avoid physical activity outdoors; sensitive groups should stay in and keep still.',
  },
]

/** `first`: where the scale begins, 0 until 2026 and 1 since. */
const china = (first: 0 | 1): readonly Category[] => [
  {
    key: 'good',
    label: 'Excellent',
    labelZh: '优',
    colour: '#00E400',
    lower: first,
    advice: 'Everyone can be active outdoors as usual.',
  },
  {
    key: 'moderate',
    label: 'Good',
    labelZh: '良',
    colour: '#FFFF00',
    lower: 51,
    advice: 'The very few who are unusually sensitive should be less active outdoors.',
  },
  {
    key: 'unhealthy-sensitive',
    label: 'Lightly Polluted',
    labelZh: '轻度污染',
    colour: '#FF7E00',
    lower: 101,
    advice: 'Children, the elderly and heart or lung patients should cut down long, hard exertion outdoors.',
  },
  {
    key: 'unhealthy',
    label: 'Moderately Polluted',
    labelZh: '中度污染',
    colour: '#FF0000',
    lower: 151,
    advice: 'Sensitive groups should avoid long, hard exertion outdoors; everyone else should do less of it.',
  },
  {
    key: 'very-unhealthy',
    label: 'Heavily Polluted',
    labelZh: '重度污染',
    colour: '#99004C',
    lower: 201,
    advice: 'Sensitive groups should stay indoors; everyone else should be less active outdoors.',
  },
  {
    key: 'hazardous',
    label: 'Severely Polluted',
    labelZh: '严重污染',
    colour: '#7E0023',
    lower: 301,
    advice: 'Sensitive groups should stay indoors and rest; everyone else should avoid activity outdoors.',
  },
]

/**
 * Classes by scale, ascending. US EPA: EPA-454/B-24-002; the classes of the index did not change in 2024. China:
 * HJ 633-2012 and HJ 633-2026; the very unhealthy colour differs from the American one.
 */
export const CATEGORIES: Readonly<Record<Scale, readonly Category[]>> = {
  'us-epa-2015': US_EPA,
  'us-epa-2024': US_EPA,
  'cn-hj633-2012': china(0),
  'cn-hj633-2026': china(1),
}

/**
 * The class of an index value: that of the value rounded half up, so 100.4 is `moderate` and 100.5 is not. What
 * rounds to 0 is `good` on every scale, also where the index itself begins at 1: a forecast may come out there.
 * Throws `AqiError` `bad-value` for a value that rounds below 0 or is not finite.
 */
export function categoryOf(aqi: number, scale: Scale): Category {
  const rounded = Math.round(aqi)
  const reached = Math.max(rounded, 1)
  const category = CATEGORIES[scale].findLast(({ lower }) => lower <= reached)
  if (category === undefined || !Number.isFinite(rounded) || rounded < 0) {
    throw new AqiError('bad-value', `${String(aqi)} is not an index value`)
  }
  return category
}

/** Lower bounds of the classes above the first, for values not yet rounded (50.5 rounds up into the second). */
export function classBounds(scale: Scale): number[] {
  return CATEGORIES[scale].slice(1).map(({ lower }) => lower - 0.5)
}
