import { isCivilDate, numberFromCivil } from '../../days/civil.ts'

/** A cell of a value column: a number, nothing, or the code of what is wrong with it. */
export type ValueCell = number | null | 'bad-number' | 'out-of-range'
/** A date cell: its day number, or why there is none. */
export type DateCell = number | 'bad-date' | 'ambiguous' | 'other-order'
export type DateOrder = 'mdy' | 'dmy'

const BLANK: ReadonlySet<string> = new Set(['', '-', '--', 'nan', 'null', 'na', 'n/a', 'none'])
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i
/** Real index values reach some thousands (sensor faults included); beyond this it is another quantity. */
const ABSURD = 10_000

const MIDNIGHT = /[T ]0?0:00(?::00(?:\.0+)?)?(?:Z|[+-]\d{2}:?\d{2})?$/
const YEAR_FIRST = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/
const YEAR_LAST = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})$/
export const FIRST_YEAR = 1970
export const LAST_YEAR = 2199

export function valueOf(cell: string): ValueCell {
  if (BLANK.has(cell.toLowerCase())) return null
  if (!NUMBER.test(cell)) return 'bad-number'
  const value = Number(cell)
  return value < 0 || value >= ABSURD ? 'out-of-range' : value
}

/** Dates are labels: a time of midnight behind them is dropped, never converted. Years 1970 to 2199. */
export function dateOf(cell: string, order: DateOrder | undefined): DateCell {
  const label = cell.replace(MIDNIGHT, '')
  const yearFirst = YEAR_FIRST.exec(label)
  if (yearFirst !== null) return numberOf(Number(yearFirst[1]), Number(yearFirst[2]), Number(yearFirst[3]))

  const yearLast = YEAR_LAST.exec(label)
  if (yearLast === null) return 'bad-date'
  if (order === undefined) return 'ambiguous'
  const [first, second, third] = [Number(yearLast[1]), Number(yearLast[2]), Number(yearLast[3])]
  const year = third < 100 ? 2000 + third : third
  const monthFirst = numberOf(year, first, second)
  const dayFirst = numberOf(year, second, first)
  const [wanted, other] = order === 'mdy' ? [monthFirst, dayFirst] : [dayFirst, monthFirst]
  return wanted === 'bad-date' && other !== 'bad-date' ? 'other-order' : wanted
}

function numberOf(year: number, month: number, dayOfMonth: number): number | 'bad-date' {
  if (year < FIRST_YEAR || year > LAST_YEAR || !isCivilDate(year, month, dayOfMonth)) return 'bad-date'
  return numberFromCivil(year, month, dayOfMonth)
}
