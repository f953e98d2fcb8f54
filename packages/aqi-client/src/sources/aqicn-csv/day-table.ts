import { dayFromNumber } from '../../days/local-day.ts'
import { COLUMNS, type Column, type LabelledRow } from './types.ts'

const WIDTH = COLUMNS.length
const FIRST_ROWS = 1024

/** The values of each label, in one growing block of numbers: an object a day costs several times as much. */
export class DayTable {
  readonly #places = new Map<number, number>()
  #values = new Float64Array(FIRST_ROWS * WIDTH).fill(Number.NaN)

  /**
   * Keeps the values (in the order of `COLUMNS`, NaN where there is none) of a label (a day number); a later value
   * takes the place of an earlier one. False when one of them was another.
   */
  set(label: number, values: Float64Array): boolean {
    const start = this.#placeOf(label) * WIDTH
    let agrees = true
    for (let i = 0; i < WIDTH; i++) {
      const value = values[i] ?? Number.NaN
      if (Number.isNaN(value)) continue
      const before = this.#values[start + i] ?? Number.NaN
      if (!Number.isNaN(before) && before !== value) agrees = false
      this.#values[start + i] = value
    }
    return agrees
  }

  /** Ascending. */
  rows(): LabelledRow[] {
    const labels = Int32Array.from(this.#places.keys()).sort()
    return Array.from(labels, (label) => ({ label: dayFromNumber(label), values: this.#read(label) }))
  }

  #read(label: number): Partial<Record<Column, number>> {
    const start = this.#placeOf(label) * WIDTH
    const values: Partial<Record<Column, number>> = {}
    for (const [i, column] of COLUMNS.entries()) {
      const value = this.#values[start + i] ?? Number.NaN
      if (!Number.isNaN(value)) values[column] = value
    }
    return values
  }

  #placeOf(label: number): number {
    const known = this.#places.get(label)
    if (known !== undefined) return known
    const place = this.#places.size
    this.#places.set(label, place)
    if (this.#values.length < (place + 1) * WIDTH) {
      const wider = new Float64Array(this.#values.length * 2).fill(Number.NaN)
      wider.set(this.#values)
      this.#values = wider
    }
    return place
  }
}
