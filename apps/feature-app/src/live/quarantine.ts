import {
  aqiQuarantine,
  type AqiQuarantineRow,
  aqiReadings,
  fromReadingRow,
  readReadings,
} from '@airq/feature-groups'
import { dayOfHour } from '@airq/aqi-client'
import type { FeatureStore } from '@airq/feature-store'
import { mark, type RunContext, type StageResult, type StationConfig } from '@airq/pipeline'
import { judgeReading } from './judge-reading.ts'

/** The readings held back, with their reasons. */
export async function listQuarantine(
  context: RunContext,
  store: FeatureStore,
  stations: readonly StationConfig[],
): Promise<StageResult> {
  const rows = await heldBack(context, store, stations)
  return result(
    rows,
    rows.length === 0
      ? 'nothing is held back'
      : mark(
          rows
            .map(({ station, hour, reason, detail }) => `${station} ${hour} ${reason}: ${detail}`)
            .join('\n'),
          false,
        ),
  )
}

/** Judges them again by the rules of today; those that pass enter the series. */
export async function replayQuarantine(
  context: RunContext,
  store: FeatureStore,
  stations: readonly StationConfig[],
): Promise<StageResult> {
  const { signal } = context
  const released: AqiQuarantineRow[] = []
  for (const row of await heldBack(context, store, stations)) {
    const reading = fromReadingRow(row)
    const day = dayOfHour(reading.hour)
    const timeZone = stations.find(({ id }) => id === row.station)?.timeZone ?? 'UTC'
    const near = await readReadings(store, row.station, { first: day, last: day, timeZone }, { signal })
    if (
      judgeReading(
        reading,
        near.filter(({ hour }) => hour !== reading.hour),
      ) !== null
    )
      continue
    const { reason: _reason, detail: _detail, released: _released, ...good } = row
    await store.upsert(aqiReadings, [good], { signal })
    await store.upsert(aqiQuarantine, [{ ...row, released: true }], { signal })
    released.push(row)
  }
  return result(released, `${String(released.length)} readings released`)
}

async function heldBack(context: RunContext, store: FeatureStore, stations: readonly StationConfig[]) {
  const held: AqiQuarantineRow[] = []
  for (const { id } of stations) {
    const query = { keys: { station: id } }
    for await (const rows of store.read(aqiQuarantine, query, { signal: context.signal })) {
      held.push(...rows.filter(({ released }) => !released))
    }
  }
  return held
}

function result(rows: readonly AqiQuarantineRow[], text: string): StageResult {
  const quarantine = rows.map(({ station, hour, reason, detail }) => ({ station, hour, reason, detail }))
  return { summary: { quarantine, stations: [], written: 0, unchanged: 0 }, text }
}
