import { addDays, localDay, POLLUTANTS } from '@airq/aqi-client'
import type { KeyDomains, KeyQuery } from '@airq/feature-store/hopsworks'
import { WEATHER_PARTS } from './weather-rows.ts'

export interface KeySpan {
  /** Ids of the configuration. */
  readonly stations: readonly string[]
  /** Epoch ms. */
  readonly now: number
  /** Epoch ms before which no reading was pulled. */
  readonly firstReading: number
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Local time is at most so far from UTC. */
const ZONES_MS = 14 * HOUR_MS
/** No history begins before. */
const FIRST_DAY = Date.UTC(2000, 0, 1)
/** No forecast of a source is for a day farther ahead. */
const AHEAD_MS = 11 * DAY_MS
/** The days on which a day is forecast, beside it: a source repeats past days too, and archives have what came. */
const WEATHER_DAYS = [-5, 1] as const
const SOURCE_DAYS = [-11, 4] as const
const LEDGER_DAYS = [-1, 0] as const

/** Bytes, by column name: texts from outside, longer than stores take unasked. */
const TEXT_LENGTHS = { attributions: 4000, name: 400, detail: 1000 } as const

/** What a store must be told that is no embedded one. */
export function remoteHints(span: KeySpan): {
  readonly keyDomains: KeyDomains
  readonly textLengths: Readonly<Record<string, number>>
} {
  return { keyDomains: keyDomains(span), textLengths: TEXT_LENGTHS }
}

/**
 * The values that the keys of the groups can have, for a store that must name the keys it looks up: a query without
 * times is about everything there can be.
 */
function keyDomains({ stations, now, firstReading }: KeySpan): KeyDomains {
  const upTo = now + AHEAD_MS
  return {
    station: stations,
    day: (query) => labels(query, { from: FIRST_DAY, to: upTo, step: DAY_MS, length: 10 }),
    hour: (query) => labels(query, { from: firstReading, to: upTo, step: HOUR_MS, length: 13 }),
    revision: 'counter',
    number: 'counter',
    part: WEATHER_PARTS,
    pollutant: POLLUTANTS,
    issue_slot: (_query, key) => {
      const span = 'part' in key ? WEATHER_DAYS : 'pollutant' in key ? SOURCE_DAYS : LEDGER_DAYS
      // Nobody forecasts tomorrow; zones differ by a day at most.
      return slotsAround(String(key['day']), span, new Date(now + DAY_MS).toISOString().slice(0, 10))
    },
  }
}

interface Calendar {
  readonly from: number
  readonly to: number
  readonly step: number
  readonly length: number
}

/** Labels of the query's time, clipped to the calendar and widened by what zones differ. */
function labels(query: KeyQuery, { from, to, step, length }: Calendar): string[] {
  const first = Math.max(query.from ?? from, from) - ZONES_MS
  const last = Math.min(query.to ?? to, to) + ZONES_MS
  const values: string[] = []
  for (let at = Math.floor(first / step) * step; at <= last; at += step) {
    values.push(new Date(at).toISOString().slice(0, length))
  }
  return values
}

/** Hours 00 to 24 of the days around one, up to the last named. */
function slotsAround(day: string, [first, last]: readonly [number, number], until: string): string[] {
  const days = Array.from({ length: last - first + 1 }, (_, i) => addDays(localDay(day), first + i))
  return days
    .filter((one) => one <= until)
    .flatMap((one) => Array.from({ length: 25 }, (_, hour) => `${one}T${String(hour).padStart(2, '0')}`))
}
