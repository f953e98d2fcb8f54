import type { DailyReading } from '@airq/aqi-client'
import { ensureLiveGroups, remoteHints } from '@airq/feature-groups'
import type { FeatureStore } from '@airq/feature-store'
import {
  describeError,
  keySpan,
  type RunContext,
  type StageOptions,
  type StageResult,
  type StationConfig,
  UserError,
} from '@airq/pipeline'
import pLimit from 'p-limit'
import { checkStations } from './live/check.ts'
import { describePulls } from './live/feature-text.ts'
import { finaliseDays } from './live/finalise.ts'
import { listQuarantine, replayQuarantine } from './live/quarantine.ts'
import { pullDry } from './live/dry-run.ts'
import { readOutlook } from './live/history.ts'
import type { Outlook } from './live/outlook.ts'
import type { PullStation } from './live/pull.ts'
import { pullersOf } from './live/pullers.ts'
import type { StationSummary } from './live/station-summary.ts'
import { newestStored, storeContext, storeReadings } from './live/store-station.ts'
import { pullWeather, type WeatherPull } from './live/weather.ts'
import { fillWeatherHistory } from './live/weather-history.ts'

export type FeatureOptions = Pick<
  StageOptions,
  | 'aqiToken'
  | 'aqiTokenFile'
  | 'shard'
  | 'check'
  | 'dryRun'
  | 'degradedExit'
  | 'quarantine'
  | 'weatherHistory'
>

/** A pull every three hours leaves out two. */
const MISSED_ON_SCHEDULE = 2

/** Stations pulled at the same time; the sources' own limits come on top. */
const AT_A_TIME = 4

export interface PulledStation {
  readonly station: StationConfig
  readonly summary: StationSummary
  readonly finalised: readonly DailyReading[]
  readonly degraded: boolean
  readonly written: number
  readonly unchanged: number
}

/** Pulls every live station, stores what came, and makes days of hours where they are due. */
export async function feature(context: RunContext, options: FeatureOptions): Promise<StageResult> {
  const stations = liveStations(context, options)
  const pullers = pullersOf(context)
  if (options.check) return checkStations(context, stations, pullers)
  if (options.dryRun) return pullDry(context, stations, pullers)
  const store = await context.openStore(remoteHints(keySpan(context)))
  await ensureLiveGroups(store, { signal: context.signal })
  if (options.quarantine === 'list') return listQuarantine(context, store, stations)
  if (options.quarantine === 'replay') {
    const replayed = await replayQuarantine(context, store, stations)
    await context.flush()
    return replayed
  }

  if (options.weatherHistory) {
    const filled = await fillWeatherHistory(context, store, stations)
    await context.flush()
    return filled
  }

  const limit = pLimit(AT_A_TIME)
  using progress = context.progress('pulling stations', stations.length)
  let done = 0
  const attempts = await Promise.all(
    stations.map((station) =>
      limit(async () => {
        const attempt = await pullOne(context, store, station, pullers[station.source.kind])
        done += 1
        progress.at(done)
        return attempt
      }),
    ),
  )
  context.signal.throwIfAborted()
  await context.flush()
  const results = attempts.filter((attempt) => attempt !== null)
  const failed = results.filter(({ error }) => error !== null)
  const [first] = failed
  // Nothing came in at all: that is a failure, not a degraded run.
  if (first !== undefined && failed.length === results.length) throw first.error
  const pulled = results.map(({ pulled: one }) => one)
  const total = (count: (one: PulledStation) => number) => pulled.reduce((sum, one) => sum + count(one), 0)
  return {
    summary: {
      stations: pulled.map(({ summary }) => summary),
      written: total(({ written }) => written),
      unchanged: total(({ unchanged }) => unchanged),
    },
    degraded: results.length < attempts.length || pulled.some(({ degraded }) => degraded),
    text: describePulls(pulled),
  }
}

/** The stations to pull: those with a live source. A part of the stations may hold none. */
function liveStations({ config }: RunContext, { shard }: FeatureOptions): StationConfig[] {
  const live = config.stations.filter(({ source }) => source.kind !== 'aqicn-csv')
  if (live.length > 0 || shard !== undefined) return live
  throw new UserError('nothing-to-pull', 'no station has a live source', {
    hint: 'Give a station a source of kind waqi or open-meteo; files are imported by batch-feature-pipeline.',
  })
}

interface Attempt {
  readonly pulled: PulledStation
  readonly error: unknown
}

/** One bad station doesn't stop the others: its error goes into its part of the summary. `null`: another run is at it. */
async function pullOne(
  context: RunContext,
  store: FeatureStore,
  station: StationConfig,
  pull: PullStation,
): Promise<Attempt | null> {
  await using lease = await context.lease(store, station.id)
  if (lease === null) return null
  try {
    return { pulled: await pullAndStore(context, store, station, pull), error: null }
  } catch (error) {
    context.signal.throwIfAborted()
    const { report } = describeError(error)
    context.warn('station-failed', `${station.id}: ${report.message}`)
    const finalised = await finaliseDays(store, station, context.clock.now(), { signal: context.signal })
    const history = await readOutlook(context, store, station)
    const summary = { ...emptySummary(station, finalised, history), error: report }
    return {
      pulled: { station, summary, finalised, degraded: true, written: finalised.length, unchanged: 0 },
      error,
    }
  }
}

async function pullAndStore(
  context: RunContext,
  store: FeatureStore,
  station: StationConfig,
  pull: PullStation,
): Promise<PulledStation> {
  const { signal } = context
  const now = context.clock.now()
  const newest = await newestStored(store, station.id, { now, signal })
  const brought = await pull({
    station,
    newestStored: newest?.observedAt ?? null,
    now,
    signal,
    warn: (code, message) => {
      context.warn(code, `${station.id}: ${message}`)
    },
  })
  for (const { code, message } of brought.warnings) context.warn(code, `${station.id}: ${message}`)
  const readings = await storeReadings(store, station, brought, newest, { signal })
  const weather = await weatherOf(context, station)
  const told = weather === 'failed' ? null : weather
  const stored = await storeContext(store, station, brought, told, { now, signal })
  const finalised = await finaliseDays(store, station, now, { signal })
  if (brought.stale) context.warn('stale', `${station.id}: the newest observation is too old to be of use`)
  if (readings.missedHours > MISSED_ON_SCHEDULE) {
    context.warn(
      'missed-hours',
      `${station.id}: ${String(readings.missedHours)} hours were not pulled and can't be had later`,
    )
  }
  const history = await readOutlook(context, store, station)
  const summary = {
    ...emptySummary(station, finalised, history),
    reading:
      readings.newest === null
        ? null
        : {
            hour: readings.newest.hour,
            aqi: readings.newest.aqi,
            new: readings.written > 0,
            stale: brought.stale,
          },
    missedHours: readings.missedHours,
    heldBack: readings.heldBack,
    forecastDays: stored.forecastDays,
    weatherRows: stored.weatherRows,
  }
  return {
    station,
    summary,
    finalised,
    degraded: brought.stale || weather === 'failed',
    written: readings.written + finalised.length,
    unchanged: readings.unchanged,
  }
}

function emptySummary(
  station: StationConfig,
  finalised: readonly DailyReading[],
  history: Outlook,
): StationSummary {
  return {
    station: station.id,
    source: station.source.kind,
    simulated: station.source.kind === 'simulator',
    reading: null,
    missedHours: 0,
    heldBack: 0,
    forecastDays: 0,
    weatherRows: 0,
    finalised: finalised.map(({ day, status, aqi, hours }) => ({ day, status, aqi, hours })),
    history,
  }
}

/** The readings are what counts: weather that can't be had degrades the run and no more. */
async function weatherOf(
  context: RunContext,
  station: StationConfig,
): Promise<WeatherPull | null | 'failed'> {
  try {
    return await pullWeather(context, station)
  } catch (error) {
    context.signal.throwIfAborted()
    context.warn('weather-failed', `${station.id}: ${describeError(error).report.message}`)
    return 'failed'
  }
}
