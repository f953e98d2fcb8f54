import { POLLUTANTS, type Pollutant, type SubIndices } from '../../types.ts'
import { isBlank, toIndex, toNumber, type IndexValue } from './numbers.ts'
import { quoted } from './plain-text.ts'
import type { WarningList } from './warning-list.ts'

const WEATHER = ['t', 'h', 'p', 'w', 'wg', 'wd', 'dew', 'r'] as const
const KNOWN: ReadonlySet<string> = new Set([...POLLUTANTS, ...WEATHER])
/** Stations send a handful of other values; an answer with more is not worth the time. */
const MOST_EXTRA = 100
/** `__proto__`, `constructor` and their like name nothing that is measured. */
const RESERVED: object = {}

export interface IaqiValues {
  readonly sub: SubIndices
  readonly weather: Readonly<Record<string, number>>
  readonly extra: Readonly<Record<string, number>>
}

/** Sorts the `{ v }` of `iaqi` into sub-indices, weather and the rest. */
export function readIaqi(iaqi: Readonly<Record<string, unknown>>, warnings: WarningList): IaqiValues {
  const sub: Partial<Record<Pollutant, number>> = {}
  for (const pollutant of POLLUTANTS) {
    const wire = valueIn(iaqi, pollutant)
    const { value, problem } = toIndex(wire)
    warnOfIndex(pollutant, wire, problem, warnings)
    if (value !== null) sub[pollutant] = value
  }
  const others = Object.keys(iaqi).filter((key) => !KNOWN.has(key) && !(key in RESERVED))
  const dropped = others.length - MOST_EXTRA
  if (dropped > 0) warnings.add('values-dropped', `${String(dropped)} values of unknown names`)
  return {
    sub,
    weather: numbersIn(iaqi, WEATHER, warnings),
    extra: numbersIn(iaqi, others.slice(0, MOST_EXTRA), warnings),
  }
}

function numbersIn(
  iaqi: Readonly<Record<string, unknown>>,
  keys: readonly string[],
  warnings: WarningList,
): Record<string, number> {
  const numbers: Record<string, number> = {}
  for (const key of keys) {
    const wire = valueIn(iaqi, key)
    const value = toNumber(wire)
    if (value !== null) numbers[key] = value
    else if (!isBlank(wire)) warnOfIndex(key, wire, 'bad-number', warnings)
  }
  return numbers
}

/** Says what is odd about an index value, if anything is. */
export function warnOfIndex(
  name: string,
  wire: unknown,
  problem: IndexValue['problem'],
  warnings: WarningList,
): void {
  if (problem === null) return
  const value =
    typeof wire === 'number' ? String(wire) : typeof wire === 'string' ? quoted(wire) : typeof wire
  warnings.add(problem, `${quoted(name)} is ${value}`)
}

function valueIn(iaqi: Readonly<Record<string, unknown>>, key: string): unknown {
  const entry = Object.hasOwn(iaqi, key) ? iaqi[key] : undefined
  return typeof entry === 'object' && entry !== null && 'v' in entry ? entry.v : undefined
}
