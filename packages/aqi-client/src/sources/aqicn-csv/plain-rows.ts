import { isCivilDate, numberFromCivil } from '../../days/civil.ts'
import { FIRST_YEAR, LAST_YEAR } from './cells.ts'
import type { Header } from './header.ts'
import { COLUMNS } from './types.ts'

const [BLANK, SLASH, HYPHEN, ZERO, NINE] = [32, 47, 45, 48, 57]
const DATE = -1
const MAX_DIGITS = 4

/**
 * Reads rows as aqicn writes them (`2024/1/5, 57, , 12`) letter by letter, since a string for each cell of a large
 * file costs more than all else. Any other row is left to the patient way.
 */
export class PlainRowReader {
  /** The values of the row read last, in the order of `COLUMNS`; NaN where blank. */
  readonly values = new Float64Array(COLUMNS.length)
  readonly #separator: number
  /** For each cell its place in `values`, or `DATE`; empty when the header is not plain. */
  readonly #places: readonly number[]
  #line = ''
  #at = 0

  constructor(header: Header) {
    this.#separator = header.separator.charCodeAt(0)
    const places = new Array<number>(header.ignored.length > 0 ? 0 : header.width).fill(Number.NaN)
    places[header.dateAt] = DATE
    for (const [column, at] of header.columnAt) places[at] = COLUMNS.indexOf(column)
    this.#places = header.ignored.length > 0 || places.some(Number.isNaN) ? [] : places
  }

  /** The label (a day number) of a row, whose values are then in `values`; `null` when it is not plain. */
  read(line: string): number | null {
    this.#line = line
    this.#at = 0
    this.values.fill(Number.NaN)
    let label: number | null = null
    let left = this.#places.length
    for (const place of this.#places) {
      left -= 1
      this.#skipBlanks()
      if (place === DATE) {
        label = this.#date()
        if (label === null) return null
      } else {
        const start = this.#at
        const value = this.#digits(MAX_DIGITS)
        if (this.#at > start) this.values[place] = value
      }
      this.#skipBlanks()
      const isWhole = left === 0 ? this.#at === line.length : line.charCodeAt(this.#at) === this.#separator
      if (!isWhole) return null
      this.#at += 1
    }
    return label
  }

  #skipBlanks(): void {
    while (this.#line.charCodeAt(this.#at) === BLANK) this.#at += 1
  }

  #digits(most: number): number {
    let value = 0
    for (const end = this.#at + most; this.#at < end; this.#at++) {
      const code = this.#line.charCodeAt(this.#at)
      if (!(code >= ZERO && code <= NINE)) break
      value = value * 10 + code - ZERO
    }
    return value
  }

  #date(): number | null {
    const year = this.#digits(4)
    const mark = this.#line.charCodeAt(this.#at)
    if ((mark !== SLASH && mark !== HYPHEN) || year < FIRST_YEAR || year > LAST_YEAR) return null
    this.#at += 1
    const month = this.#digits(2)
    if (this.#line.charCodeAt(this.#at) !== mark) return null
    this.#at += 1
    const dayOfMonth = this.#digits(2)
    const exists =
      month >= 1 &&
      month <= 12 &&
      dayOfMonth >= 1 &&
      (dayOfMonth <= 28 || isCivilDate(year, month, dayOfMonth))
    return exists ? numberFromCivil(year, month, dayOfMonth) : null
  }
}
