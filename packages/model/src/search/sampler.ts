import { type Dimension, placeOf, type Point, type SearchSpace, valueAt } from './space.ts'

/** So many points are drawn evenly before the sampler learns from any. */
const EVEN_POINTS = 12
/** Share of the points that count as good. */
const GOOD_SHARE = 0.2
/** Points drawn from the good ones' density, of which the likeliest to be good is taken. */
const CANDIDATES = 24
/** Tries to find a point that was not there before. */
const TRIES = 20

/**
 * The next point to try, from those tried so far, best first (tree-structured Parzen estimator, each dimension by
 * itself): drawn where good points are dense and the others are not.
 * Source: Bergstra et al., "Algorithms for hyper-parameter optimization" (2011).
 * @param uniform a source of numbers, 0 ≤ x < 1
 */
export function nextPoint(
  { dimensions }: SearchSpace,
  ranked: readonly Point[],
  taken: ReadonlySet<string>,
  uniform: () => number,
): Point {
  const list = Object.values(dimensions)
  const even = ranked.length < EVEN_POINTS
  const good = Math.max(2, Math.ceil(GOOD_SHARE * ranked.length))
  let point: Point = []
  for (let attempt = 0; attempt < TRIES; attempt++) {
    point = list.map((dimension, d) => {
      if (even || attempt > TRIES / 2) return evenValue(dimension, uniform)
      const values = ranked.map((one) => one[d])
      return likelyValue(dimension, values.slice(0, good), values.slice(good), uniform)
    })
    if (!taken.has(keyOf(point))) break
  }
  return point
}

export function keyOf(point: Point): string {
  return JSON.stringify(point)
}

type Value = number | string | undefined

function evenValue(dimension: Dimension, uniform: () => number): number | string {
  if (dimension.kind === 'number') return valueAt(dimension, uniform())
  return dimension.values[Math.floor(uniform() * dimension.values.length)] ?? ''
}

function likelyValue(
  dimension: Dimension,
  good: readonly Value[],
  others: readonly Value[],
  uniform: () => number,
): number | string {
  if (dimension.kind === 'choice') return likelyChoice(dimension.values, good, others, uniform)
  const places = (values: readonly Value[]) =>
    values.flatMap((value) => (typeof value === 'number' ? [placeOf(dimension, value)] : []))
  const [dense, sparse] = [densityOf(places(good)), densityOf(places(others))]
  let best = { place: 0.5, ratio: Number.NEGATIVE_INFINITY }
  for (let k = 0; k < CANDIDATES; k++) {
    const place = dense.draw(uniform)
    const ratio = Math.log(dense.at(place)) - Math.log(sparse.at(place))
    if (ratio > best.ratio) best = { place, ratio }
  }
  return valueAt(dimension, best.place)
}

/** Choices are drawn by how often the good ones took them, against how often the others did. */
function likelyChoice(
  choices: readonly string[],
  good: readonly Value[],
  others: readonly Value[],
  uniform: () => number,
): string {
  const share = (values: readonly Value[], choice: string) =>
    (values.filter((value) => value === choice).length + 1) / (values.length + choices.length)
  const weights = choices.map((choice) => share(good, choice) ** 2 / share(others, choice))
  let left = uniform() * weights.reduce((sum, weight) => sum + weight, 0)
  for (const [i, choice] of choices.entries()) {
    left -= weights[i] ?? 0
    if (left < 0) return choice
  }
  return choices.at(-1) ?? ''
}

interface Density {
  at(place: number): number
  draw(uniform: () => number): number
}

interface Bump {
  readonly centre: number
  readonly width: number
}

/** A Gaussian around each point, as wide as the gap to its farther neighbour, and an even floor of the same weight. */
function densityOf(places: readonly number[]): Density {
  const sorted = places.toSorted((a, b) => a - b)
  const narrowest = 1 / Math.min(100, sorted.length + 2)
  const bumps = sorted.map((centre, i): Bump => {
    const gap = Math.max(centre - (sorted[i - 1] ?? 0), (sorted[i + 1] ?? 1) - centre)
    return { centre, width: Math.min(1, Math.max(narrowest, gap)) }
  })
  return {
    at: (place) =>
      bumps.reduce((sum, bump) => sum + gaussian((place - bump.centre) / bump.width) / bump.width, 1) /
      (bumps.length + 1),
    draw(uniform) {
      const bump = bumps[Math.floor(uniform() * (bumps.length + 1))]
      if (bump === undefined) return uniform()
      return reflected(bump.centre + bump.width * normal(uniform))
    },
  }
}

function gaussian(z: number): number {
  return Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI)
}

/** Box–Muller. */
function normal(uniform: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
}

/** What falls outside 0 … 1 is thrown back from the edge, so that edges draw no crowd. */
function reflected(place: number): number {
  const wave = Math.abs(place % 2)
  return wave > 1 ? 2 - wave : wave
}
