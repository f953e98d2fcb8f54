/** From here on it is another quantity, not an index: real ones reach some thousands, sensor faults included. */
const ABSURD = 10_000
/** Index values above it are legal and rare. */
const TOP_OF_SCALE = 500
const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/
const BLANK: ReadonlySet<unknown> = new Set([undefined, null, '', '-'])

type IndexProblem = 'bad-number' | 'out-of-range' | 'suspicious'

export interface IndexValue {
  readonly value: number | null
  readonly problem: IndexProblem | null
}

/** True for nothing, and for the dash that stands for it. */
export function isBlank(value: unknown): boolean {
  return BLANK.has(typeof value === 'string' ? value.trim() : value)
}

/** A finite number, also one written in decimals with blanks around it; else `null`. */
export function toNumber(value: unknown): number | null {
  const number =
    typeof value === 'string' && DECIMAL.test(value.trim())
      ? Number(value)
      : typeof value === 'number'
        ? value
        : NaN
  return Number.isFinite(number) ? number + 0 : null // + 0 turns −0 into 0
}

/** An index value: not negative, not absurdly large, not clamped at the top of the scale. */
export function toIndex(value: unknown): IndexValue {
  if (isBlank(value)) return { value: null, problem: null }
  const number = toNumber(value)
  if (number === null) return { value: null, problem: 'bad-number' }
  if (number < 0 || number >= ABSURD) return { value: null, problem: 'out-of-range' }
  return { value: number, problem: number > TOP_OF_SCALE ? 'suspicious' : null }
}
