import { AqiError } from '../errors.ts'
import { POLLUTANTS, type Pollutant, type Scale } from '../types.ts'
import type { Concentration } from './concentration.ts'
import { columnOf, TABLES, toSubIndex, type SubIndex } from './sub-index.ts'

/** The air quality index: the largest of its sub-indices. */
export interface Aqi<S extends Scale = Scale> {
  readonly value: number
  readonly scale: S
  /** The pollutants that reach it, more than one on a tie. None on a Chinese scale up to 50. */
  readonly dominant: readonly Pollutant[]
}

/** `unknown`, which changes nothing, for one scale or for one not known before run time; else `never`. */
type OneScale<S extends Scale> = [Scale] extends [S] ? unknown : [S] extends [Single<S>] ? unknown : never
type Single<S extends Scale, All extends Scale = S> = S extends unknown
  ? [All] extends [S]
    ? S
    : never
  : never

/**
 * The largest sub-index and who has it; `null` for none. Sub-indices of unlike scales are a type error.
 * Throws `AqiError`: `unlike-scales` where the types did not tell, `bad-value` for a value that is no index.
 */
export function aqiOf<S extends Scale>(subIndices: readonly SubIndex<S>[] & OneScale<S>): Aqi<S> | null {
  const all: readonly SubIndex<S>[] = subIndices
  const [first] = all
  if (first === undefined) return null
  const { scale } = first
  for (const { scale: other, pollutant, value } of all) {
    if (other !== scale) {
      throw new AqiError('unlike-scales', `${scale} and ${other} are different scales`, {
        hint: 'Compare indices of one scale; where concentrations are known, convert them to it.',
      })
    }
    if (!Number.isFinite(value) || value < 0) {
      throw new AqiError('bad-value', `${String(value)} is not an index value of ${pollutant}`)
    }
  }
  const value = Math.max(...all.map((subIndex) => subIndex.value))
  const reached = all.filter((subIndex) => subIndex.value === value).map(({ pollutant }) => pollutant)
  return { value, scale, dominant: value < TABLES[scale].dominantFrom ? [] : [...new Set(reached)] }
}

/**
 * The day's sub-indices from its means: of each pollutant the largest over the averaging times that the scale's daily
 * index uses. So EPA ozone is the larger of 8 h and 1 h, and EPA SO2 from 305 ppb (1 h) is that of the 24 h mean, or
 * 200 where this is lower or not given. Means the daily index does not use are passed over. Throws as `toSubIndex`.
 */
export function dailySubIndices<S extends Scale>(means: readonly Concentration[], scale: S): SubIndex<S>[] {
  const all = means
    .filter(({ pollutant, averaging }) => columnOf(pollutant, averaging, scale).daily)
    .map((mean) => toSubIndex(mean, scale))
    .filter((subIndex) => subIndex !== null)
  return POLLUTANTS.flatMap((pollutant) =>
    all
      .filter((subIndex) => subIndex.pollutant === pollutant)
      .sort((a, b) => b.value - a.value)
      .slice(0, 1),
  )
}
