import { AqiError } from '../errors.ts'
import type { Pollutant, Scale } from '../types.ts'
import { CN_HJ633_2012, CN_HJ633_2026 } from './china.ts'
import { inUnit, type Averaging, type Concentration } from './concentration.ts'
import { lookUp, lookUpInverse, type Column, type Table } from './table.ts'
import { US_EPA_2015, US_EPA_2024 } from './us-epa.ts'

/** The index of one pollutant: a value that says of what, over how long and on which scale. */
export interface SubIndex<S extends Scale = Scale> {
  readonly value: number
  readonly pollutant: Pollutant
  readonly averaging: Averaging
  readonly scale: S
}

export const TABLES: Readonly<Record<Scale, Table>> = {
  'us-epa-2015': US_EPA_2015,
  'us-epa-2024': US_EPA_2024,
  'cn-hj633-2012': CN_HJ633_2012,
  'cn-hj633-2026': CN_HJ633_2026,
}

/** Throws `AqiError` `not-in-table` where the scale knows no such mean. */
export function columnOf(pollutant: Pollutant, averaging: Averaging, scale: Scale): Column {
  const columns = TABLES[scale].columns.filter(({ measure }) => measure.pollutant === pollutant)
  const column = columns.find(({ measure }) => measure.averaging === averaging)
  if (column === undefined) {
    const known = columns.map(({ measure }) => measure.averaging).join(' or ')
    throw new AqiError('not-in-table', `${scale} has no breakpoints for ${pollutant} over ${averaging}`, {
      fault: 'input',
      hint: `Give the mean over ${known}.`,
    })
  }
  return column
}

/**
 * The sub-index of a mean concentration, in any unit, as the scale rounds it. EPA: truncated, the line above 500
 * goes on. China: rounded up, nothing above 500.
 *
 * `null` where the scale leaves the index to another mean of the pollutant: EPA ozone 1 h below 0.125 ppm and 8 h
 * above 0.200 ppm, EPA SO2 24 h below 305 ppb; HJ 633-2012 SO2 1 h and ozone 8 h above 800 µg/m³.
 *
 * Throws `AqiError`: `bad-value` for a negative, infinite or absurdly large value, `bad-unit` for particles in parts
 * by volume, `not-in-table` for a mean the scale does not know.
 */
export function toSubIndex<S extends Scale>(concentration: Concentration, scale: S): SubIndex<S> | null {
  const { pollutant, averaging } = concentration
  const column = columnOf(pollutant, averaging, scale)
  const { value } = inUnit(concentration, column.measure.unit)
  const index = lookUp(value, column, TABLES[scale])
  if (!Number.isFinite(value) || value < 0 || !Number.isSafeInteger(index ?? 0)) {
    throw new AqiError(
      'bad-value',
      `${String(concentration.value)} ${concentration.unit} is no concentration of ${pollutant}`,
    )
  }
  return index === null ? null : { value: index, pollutant, averaging, scale }
}

/**
 * A concentration, in the unit of the scale's table, whose sub-index is this one. Some indices no concentration
 * has: tables are coarser than the index in places, ozone 8 h jumps by 3. There, the one with the nearest index.
 *
 * `null` where this mean never has such an index (EPA ozone 1 h below 101, Chinese indices above 500).
 *
 * Throws `AqiError`: `bad-value` for a value that is no whole number from 0 (round a mean of indices first),
 * `not-in-table` for a mean the scale does not know.
 */
export function toConcentration({ value, pollutant, averaging, scale }: SubIndex): Concentration | null {
  const column = columnOf(pollutant, averaging, scale)
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new AqiError('bad-value', `${String(value)} is not a whole index value`)
  }
  const concentration = lookUpInverse(value, column, TABLES[scale])
  return concentration === null ? null : { ...column.measure, value: concentration }
}
