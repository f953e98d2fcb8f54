import { addDays, type HourlyReading, localDayAt } from '@airq/aqi-client'
import { simulatedHours } from '@airq/aqi-client/simulator'
import type { PullStation } from './pull.ts'

const BATCH = 5000

/** The simulated station's hours that were published by now and aren't stored yet: a recorded world to replay. */
export const pullSimulator: PullStation = ({ station, newestStored, now }) => {
  if (station.source.kind !== 'simulator') throw new Error(`${station.id} is not simulated`)
  const { seed, years } = station.source
  const { timeZone } = station
  const today = localDayAt(now, timeZone)
  const firstDay = addDays(today, -Math.round(years * 365.25))
  const from = newestStored === null ? firstDay : localDayAt(newestStored, timeZone)
  const hours = simulatedHours({ seed, timeZone, firstDay: from, lastDay: today })
  return Promise.resolve({
    source: `simulator seed ${String(seed)}`,
    sourceId: String(seed),
    name: station.name,
    geo: null,
    attributions: [],
    readings: inBatches(
      hours,
      (reading) => reading.knownAt <= now && reading.observedAt > (newestStored ?? 0),
    ),
    forecast: [],
    warnings: [],
    stale: false,
  })
}

async function* inBatches(
  readings: Iterable<HourlyReading>,
  wanted: (reading: HourlyReading) => boolean,
): AsyncGenerator<readonly HourlyReading[]> {
  let batch: HourlyReading[] = []
  for (const reading of readings) {
    if (wanted(reading)) batch.push(reading)
    if (batch.length < BATCH) continue
    yield await Promise.resolve(batch)
    batch = []
  }
  if (batch.length > 0) yield batch
}
