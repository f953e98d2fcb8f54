import type { ForecasterId } from '../forecasters/index.ts'

/** One hyper-parameter that is searched. Every value has a place between 0 and 1; choices have none. */
export type Dimension =
  | {
      readonly kind: 'number'
      readonly low: number
      readonly high: number
      /** `log`: equal steps are equal factors. */
      readonly scale: 'linear' | 'log'
      readonly whole?: boolean
    }
  | { readonly kind: 'choice'; readonly values: readonly string[] }

/** A value for each dimension, in their order. */
export type Point = readonly (number | string)[]

/** What is searched for one forecaster, and how a point becomes its hyper-parameters. */
export interface SearchSpace {
  readonly dimensions: Readonly<Record<string, Dimension>>
  params(point: Point): Readonly<Record<string, unknown>>
}

/** The forecasters that have something to search. A blend has none of its own: its members have. */
export type TunableId = Extract<ForecasterId, 'ridge' | 'boosting' | 'boosted-ridge'>

const log = (low: number, high: number): Dimension => ({ kind: 'number', low, high, scale: 'log' })
const linear = (low: number, high: number): Dimension => ({ kind: 'number', low, high, scale: 'linear' })
const count = (low: number, high: number): Dimension => ({
  kind: 'number',
  low,
  high,
  scale: 'log',
  whole: true,
})

const RIDGE = { penalty: log(0.3, 30_000), clip: linear(0, 0.03) }

const BOOSTING = {
  loss: { kind: 'choice', values: ['l1', 'l2'] },
  trees: count(50, 400),
  rate: log(0.01, 0.15),
  leaves: count(3, 32),
  minRows: count(5, 100),
  rowShare: linear(0.4, 1),
  columnShare: linear(0.1, 1),
} as const satisfies Record<string, Dimension>

function spaceOf(
  dimensions: Readonly<Record<string, Dimension>>,
  toParams: (named: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>> = (named) =>
    named,
): SearchSpace {
  const names = Object.keys(dimensions)
  return {
    dimensions,
    params: (point) => toParams(Object.fromEntries(names.map((name, i) => [name, point[i]]))),
  }
}

/** One penalty, judged out of sample, instead of a list to choose from by leave-one-out. */
function onePenalty({ penalty, ...others }: Readonly<Record<string, unknown>>) {
  return { ...others, penalties: [penalty] }
}

const SPACES: Readonly<Record<TunableId, SearchSpace>> = {
  ridge: spaceOf(RIDGE, onePenalty),
  boosting: spaceOf(BOOSTING),
  // Its ridge chooses its penalty by itself: the trees take up what it leaves.
  'boosted-ridge': spaceOf({ ...BOOSTING, clip: RIDGE.clip }),
}

export function isTunable(id: string): id is TunableId {
  return Object.hasOwn(SPACES, id)
}

export function searchSpace(id: TunableId): SearchSpace {
  return SPACES[id]
}

const DIGITS = 3

/** The value at a place of a dimension, with three digits: more would be told apart by nobody. */
export function valueAt(dimension: Extract<Dimension, { kind: 'number' }>, place: number): number {
  const { low, high, scale, whole } = dimension
  const value = scale === 'log' ? low * (high / low) ** place : low + (high - low) * place
  const rounded = whole === true ? Math.round(value) : Number(value.toPrecision(DIGITS))
  return Math.min(high, Math.max(low, rounded))
}

/** The place of a value, 0 … 1. */
export function placeOf(dimension: Extract<Dimension, { kind: 'number' }>, value: number): number {
  const { low, high, scale } = dimension
  return scale === 'log' ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low)
}
