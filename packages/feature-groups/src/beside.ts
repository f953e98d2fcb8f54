import { type LocalDay, startOfDay } from '@airq/aqi-client'
import { type CallOptions, type FeatureStore } from '@airq/feature-store'
import { aqiReadings, sourceForecasts, weatherForecasts } from './live-groups.ts'
import { fromReadingRow } from './live-rows.ts'
import { readRows } from './read-rows.ts'
import type { Beside } from './point-in-time/information.ts'

export interface BesideSpan {
  /** The first local day that matters; what belongs to earlier ones is not read. Default: everything. */
  readonly first?: LocalDay
  readonly timeZone: string
}

/**
 * What the store holds of a station beside its days: its hours (those of a model apart), the weather and the source's
 * own forecast, each with the instant from which it counts as known. A group that nobody wrote to yet holds nothing.
 */
export async function readBeside(
  store: FeatureStore,
  station: string,
  { first, timeZone }: BesideSpan,
  options: CallOptions = {},
): Promise<Beside> {
  const query = {
    keys: { station },
    ...(first === undefined ? {} : { from: startOfDay(first, timeZone) }),
  }
  const readings = (await readRows(store.read(aqiReadings, query, options))).map(fromReadingRow)
  return {
    hours: readings.filter(({ evidence }) => evidence !== 'model'),
    modelHours: readings.filter(({ evidence }) => evidence === 'model'),
    weather: await readRows(store.read(weatherForecasts, query, options)),
    sourceForecasts: await readRows(store.read(sourceForecasts, query, options)),
  }
}
