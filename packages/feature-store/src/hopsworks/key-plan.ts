import type { AnyFeatureGroup } from '../types.ts'

export type KeyValue = string | number
export type KeyRow = Readonly<Record<string, KeyValue>>

/** What of a query decides on keys. Event times in epoch ms. */
export interface KeyQuery {
  readonly keys: KeyRow
  readonly from: number | undefined
  readonly to: number | undefined
}

/**
 * The values a key column can have in a query: a list, `day` (`YYYY-MM-DD` of the query's time, in any zone), `hour`
 * (`YYYY-MM-DDTHH`, likewise), `counter` (0, 1, 2 … until one is missing), or a function, which is told the columns
 * of the key before this one; null: cannot be told.
 */
export type KeyDomain =
  | readonly KeyValue[]
  | 'day'
  | 'hour'
  | 'counter'
  | ((query: KeyQuery, key: KeyRow) => readonly KeyValue[] | null)

/** By the name of a key column. */
export type KeyDomains = Readonly<Record<string, KeyDomain>>

export const defaultDomains: KeyDomains = { day: 'day', hour: 'hour', revision: 'counter' }

/** The keys a read looks up. */
export interface KeyPlan {
  readonly keys: readonly KeyRow[]
  /** A key column left out of `keys`: it counts up from 0 until one is missing. */
  readonly counter: string | undefined
}

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** Local time is at most so far from UTC. */
const ZONES = 14 * HOUR
/** More keys than these are no quick read any more. */
const MOST_KEYS = 100_000

/** Why there is no plan: the keys cannot be named, or are more than look-ups are quick for. */
export type NoPlan = 'unnamed' | 'too-many'

/** All keys that rows of the query can have. */
export function planKeys(group: AnyFeatureGroup, query: KeyQuery, domains: KeyDomains): KeyPlan | NoPlan {
  let keys: KeyRow[] = [{}]
  let counter: string | undefined
  for (const name of group.primaryKey) {
    const given = query.keys[name]
    const domain = given === undefined ? domains[name] : [given]
    if (domain === 'counter' && counter === undefined) {
      counter = name
      continue
    }
    const named = domain === undefined ? 'unnamed' : namedKeys(keys, name, domain, query)
    if (typeof named === 'string') return named
    keys = named
  }
  return { keys, counter }
}

function namedKeys(
  keys: readonly KeyRow[],
  name: string,
  domain: KeyDomain,
  query: KeyQuery,
): KeyRow[] | NoPlan {
  const fixed = typeof domain === 'function' ? null : valuesOf(domain, query)
  const named: KeyRow[] = []
  for (const key of keys) {
    const values = typeof domain === 'function' ? domain(query, key) : fixed
    if (values === null) return 'unnamed'
    if (named.length + values.length > MOST_KEYS) return 'too-many'
    for (const value of values) named.push({ ...key, [name]: value })
  }
  return named
}

function valuesOf(
  domain: Exclude<KeyDomain, (...args: never[]) => unknown>,
  query: KeyQuery,
): readonly KeyValue[] | null {
  if (domain === 'day') return labels(query, DAY, 10)
  if (domain === 'hour') return labels(query, HOUR, 13)
  return domain === 'counter' ? null : domain
}

/** Calendar labels from the query's begin to its end, widened by what zones differ. */
function labels({ from, to }: KeyQuery, step: number, length: number): string[] | null {
  if (from === undefined || to === undefined) return null
  const begin = Math.floor((from - ZONES) / step) * step
  const end = to + ZONES
  if (!(end - begin <= MOST_KEYS * step) || !(Math.abs(begin) < 8e15)) return null
  const values: string[] = []
  for (let at = begin; at <= end; at += step) values.push(new Date(at).toISOString().slice(0, length))
  return values
}
