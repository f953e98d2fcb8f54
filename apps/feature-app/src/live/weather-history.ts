import {
  addDays,
  dayOfHour,
  instantOfClock,
  type LocalDay,
  localDay,
  localDayAt,
  localHourAt,
  startOfDay,
} from '@airq/aqi-client'
import type { Chunk, ForecastHour } from '@airq/aqi-client/open-meteo'
import {
  daysBetween,
  readDays,
  toWeatherRows,
  weatherForecasts,
  type WeatherForecastRow,
} from '@airq/feature-groups'
import type { FeatureStore } from '@airq/feature-store'
import { type Decision, mark, type RunContext, type StageResult, type StationConfig } from '@airq/pipeline'
import { openMeteoClient } from './open-meteo-client.ts'

/** Open-Meteo keeps earlier runs from then on. */
const FIRST_KEPT = localDay('2024-01-01')
const PUBLICATION_DELAY_MS = 8 * 3_600_000

/** An hour's instant (epoch ms) to the instant by which its forecast must have been out. */
type KnownBy = (validAt: number) => number

/**
 * Fills the archive with the weather of the station's past days: as it was forecast by each configured decision, and
 * as it turned out. Nothing is made up later: every row counts as known when its run was published.
 */
export async function fillWeatherHistory(
  context: RunContext,
  store: FeatureStore,
  stations: readonly StationConfig[],
): Promise<StageResult> {
  const counts = { written: 0, unchanged: 0 }
  const lines: string[] = []
  for (const station of stations) {
    if (context.config.weather.kind === 'none' || station.location === undefined) continue
    const days = await readDays(store, station.id, { signal: context.signal })
    const first = days[0]?.day
    const range = {
      firstDay: first === undefined || first < FIRST_KEPT ? FIRST_KEPT : first,
      lastDay: addDays(localDayAt(context.clock.now(), station.timeZone), -1),
      timeZone: station.timeZone,
    }
    if (first === undefined || range.firstDay > range.lastDay) continue
    for (const knownBy of knownBys(context, station)) {
      const { written, unchanged } = await fill(context, store, station, range, knownBy)
      counts.written += written
      counts.unchanged += unchanged
    }
    lines.push(`${station.name} (${station.id}): weather of ${range.firstDay} to ${range.lastDay}`)
  }
  const text = [...lines, `${String(counts.written)} rows written, ${String(counts.unchanged)} unchanged`]
  return { summary: { stations: [], ...counts }, text: mark(text.join('\n'), false) }
}

/** By each decision for which a day is the target, and 8 h after each hour itself. */
function knownBys({ config }: RunContext, { timeZone }: StationConfig): KnownBy[] {
  const { decisions, hours } = config.forecast
  const at: Readonly<Record<Decision, (day: LocalDay) => number>> = {
    'end-of-day': (day) => startOfDay(day, timeZone),
    evening: (day) => instantOfClock(addDays(day, -1), hours.evening, timeZone),
    morning: (day) => instantOfClock(day, hours.morning, timeZone),
  }
  const byDecision = decisions.map(
    (decision): KnownBy =>
      (validAt) =>
        at[decision](localDayAt(validAt, timeZone)),
  )
  return [...byDecision, (validAt) => validAt + PUBLICATION_DELAY_MS]
}

async function fill(
  context: RunContext,
  store: FeatureStore,
  station: StationConfig,
  range: { readonly firstDay: LocalDay; readonly lastDay: LocalDay; readonly timeZone: string },
  knownBy: KnownBy,
): Promise<{ written: number; unchanged: number }> {
  const { signal, config } = context
  const counts = { written: 0, unchanged: 0 }
  const { location } = station
  if (location === undefined) return counts
  const client = openMeteoClient(context, config.weather.baseUrl)
  const stream = client.weatherAsForecast(location, range, knownBy, { signal, clip: true })
  const total = daysBetween(range.firstDay, range.lastDay) + 1
  using progress = context.progress(`days of weather, ${station.id}`, total)
  let done = 0
  for await (const days of wholeDays(stream.chunks())) {
    const rows = days.flatMap((hours) => rowsOfDay(station, hours))
    const { written, unchanged } = await store.upsert(weatherForecasts, rows, { signal })
    counts.written += written
    counts.unchanged += unchanged ?? 0
    done += days.length
    progress.at(done)
  }
  return counts
}

/** Hours by whole days: the last day of a chunk waits for the next one. */
async function* wholeDays(
  chunks: AsyncIterable<Chunk<ForecastHour>>,
): AsyncGenerator<readonly (readonly ForecastHour[])[]> {
  let waiting: ForecastHour[] = []
  for await (const { hours } of chunks) {
    const byDay = [...Map.groupBy([...waiting, ...hours], ({ hour }) => dayOfHour(hour)).values()]
    waiting = byDay.pop() ?? []
    yield byDay
  }
  if (waiting.length > 0) yield [waiting]
}

/** A day, and each part of it, counts as known when the last of its hours was. */
function rowsOfDay(station: StationConfig, hours: readonly ForecastHour[]): WeatherForecastRow[] {
  const knownAt = hours.reduce((latest, hour) => Math.max(latest, hour.knownAt), 0)
  const slot = localHourAt(knownAt, station.timeZone)
  return toWeatherRows(station, hours, { source: 'open-meteo previous runs', slot, knownAt })
}
