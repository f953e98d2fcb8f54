import {
  endOfDay,
  finalisationInstant,
  instantOfClock,
  localDay,
  localHour,
  POLLUTANTS,
} from '@airq/aqi-client'
import { type CallOptions, type FeatureStore, FeatureStoreError } from '@airq/feature-store'
import { aqiDaily } from './groups.ts'
import { aqiReadings, sourceForecasts, weatherForecasts } from './live-groups.ts'

/** A row that says to be known before its values can have been. */
export interface EarlyRow {
  /** Local day, hour or slot, as its key has them: `2024-05-01`, `2024-05-02 day 2024-05-01T19`. */
  readonly key: string
  readonly day: string
  /** Epoch ms, as the row says. */
  readonly knownAt: number
  /** Epoch ms of the first instant at which it can have been known. */
  readonly earliest: number
}

export interface KnownAtReport {
  readonly group: string
  readonly rows: number
  /** Values that rows for training can be made of; missing ones are not counted. */
  readonly values: number
  readonly early: number
  /** The first of the early rows, at most ten. */
  readonly examples: readonly EarlyRow[]
}

/** Clocks of sources and machines differ by so much. */
const CLOCKS_MS = 15 * 60_000
const EXAMPLES = 10

/**
 * Compares `known_at` of every row that training rows are made of with the first instant at which it can have been
 * known: a day's with its end, or with 04:00 of the next where it was made of hours; a reading's with its observation;
 * a forecast's with the hour it was pulled in. One report a group.
 * @param timeZone of the station; days say theirs themselves
 */
export async function checkKnownAt(
  store: FeatureStore,
  station: string,
  timeZone: string,
  options: CallOptions = {},
): Promise<KnownAtReport[]> {
  const query = { keys: { station } }
  return [
    await audit(aqiDaily.name, store.read(aqiDaily, query, options), {
      values: ['aqi', ...POLLUTANTS],
      key: ({ day }) => day,
      day: ({ day }) => day,
      earliest: ({ day, origin, time_zone: zone }) =>
        origin === 'pulls' || origin === 'model'
          ? finalisationInstant(localDay(day), zone)
          : endOfDay(localDay(day), zone),
    }),
    await audit(aqiReadings.name, store.read(aqiReadings, query, options), {
      values: ['aqi', ...POLLUTANTS],
      key: ({ hour }) => hour,
      day: ({ hour }) => hour.slice(0, 10),
      earliest: ({ observed_ms: observedAt }) => observedAt - CLOCKS_MS,
    }),
    await audit(sourceForecasts.name, store.read(sourceForecasts, query, options), {
      values: ['average'],
      key: (row) => `${row.day} ${row.pollutant} ${row.issue_slot}`,
      day: ({ day }) => day,
      earliest: ({ issue_slot: slot }) => slotStart(slot, timeZone),
    }),
    await audit(weatherForecasts.name, store.read(weatherForecasts, query, options), {
      values: ['temperature', 'dew_point', 'pressure', 'precipitation', 'wind_speed', 'wind_u', 'wind_v'],
      key: (row) => `${row.day} ${row.part} ${row.issue_slot}`,
      day: ({ day }) => day,
      earliest: ({ issue_slot: slot }) => slotStart(slot, timeZone),
    }),
  ]
}

interface Rule<T> {
  readonly values: readonly (keyof T)[]
  readonly key: (row: T) => string
  readonly day: (row: T) => string
  readonly earliest: (row: T) => number
}

async function audit<T extends { readonly known_at: number }>(
  group: string,
  batches: AsyncIterable<readonly T[]>,
  rule: Rule<T>,
): Promise<KnownAtReport> {
  const count = { rows: 0, values: 0, early: 0 }
  const examples: EarlyRow[] = []
  try {
    for await (const batch of batches) {
      for (const row of batch) {
        count.rows += 1
        count.values += rule.values.filter((name) => row[name] !== null).length
        const earliest = rule.earliest(row)
        if (row.known_at >= earliest) continue
        count.early += 1
        if (examples.length === EXAMPLES) continue
        examples.push({ key: rule.key(row), day: rule.day(row), knownAt: row.known_at, earliest })
      }
    }
  } catch (error) {
    // Nobody wrote to it yet.
    if (!FeatureStoreError.isInstance(error) || error.code !== 'group-missing') throw error
  }
  return { group, ...count, examples }
}

/** Epoch ms at which a local hour begins, for the first time where clocks show it twice. */
function slotStart(slot: string, timeZone: string): number {
  const hour = localHour(slot)
  return instantOfClock(localDay(hour.slice(0, 10)), Number(hour.slice(11)), timeZone)
}
