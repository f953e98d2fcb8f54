import { addDays, type AlignedHistory, alignHistory, localDayAt, parseHistoricalCsv } from '@airq/aqi-client'
import { aqiDaily, remoteHints, readDays, refuseUnlike, toDailyRow } from '@airq/feature-groups'
import type { FeatureStore } from '@airq/feature-store'
import {
  checkStore,
  keySpan,
  type RunContext,
  runChecks,
  type StageOptions,
  type StageResult,
  type StationConfig,
  UserError,
} from '@airq/pipeline'
import { readHistoryFile } from '@airq/pipeline/input'
import { stationOf } from './csv-station.ts'
import { describeImport, mark } from './import-text.ts'

export type BatchFeatureOptions = Pick<StageOptions, 'csv' | 'as' | 'downloadZone' | 'check'>

export interface StationHistory {
  readonly station: StationConfig
  /** The file, or what else the history comes from. */
  readonly origin: string
  readonly history: AlignedHistory
}

/** Reads every history first, so that bad input writes nothing; then writes each station's days. */
export async function batchFeature(context: RunContext, options: BatchFeatureOptions): Promise<StageResult> {
  if (options.check) {
    return runChecks(context, [checkStore(context, [aqiDaily])], { stations: [], written: 0, unchanged: 0 })
  }
  const histories =
    options.csv.length > 0 ? await readFiles(context, options) : await simulateHistories(context)
  for (const { history, origin } of histories) {
    for (const { code, message } of history.report.warnings) context.warn(code, `${origin}: ${message}`)
    if (history.days.length === 0) throw nothingUsable(origin)
  }
  const store = await context.openStore(remoteHints(keySpan(context)))
  await store.ensure(aqiDaily, { signal: context.signal })
  const leased = await leasedStations(context, store, histories)
  const ours = histories.filter(({ station }) => leased.has(station.id))
  for (const each of ours) await refuseMixing(context, store, each)
  const written: { written: number; unchanged: number | null }[] = []
  for (const { station, history } of ours) {
    const rows = history.days.map((day) => toDailyRow(station.id, day))
    written.push(await store.upsert(aqiDaily, rows, { signal: context.signal }))
  }
  await context.flush()
  const total = (count: (report: (typeof written)[number]) => number) =>
    written.reduce((sum, report) => sum + count(report), 0)
  const counts = { written: total((r) => r.written), unchanged: total((r) => r.unchanged ?? 0) }
  return {
    summary: { stations: ours.map(summarise), ...counts },
    degraded: ours.length < histories.length,
    text: [
      ...ours.map(describeImport),
      mark(
        `${String(counts.written)} days written, ${String(counts.unchanged)} unchanged`,
        ours.some(({ station }) => station.source.kind === 'simulator'),
      ),
    ].join('\n'),
  }
}

/** The stations no other import is at; they are ours until the run ends. */
async function leasedStations(
  context: RunContext,
  store: FeatureStore,
  histories: readonly StationHistory[],
): Promise<Set<string>> {
  const leased = new Set<string>()
  for (const id of new Set(histories.map(({ station }) => station.id))) {
    if ((await context.lease(store, id)) !== null) leased.add(id)
  }
  return leased
}

async function readFiles(context: RunContext, options: BatchFeatureOptions): Promise<StationHistory[]> {
  const histories: StationHistory[] = []
  for (const file of options.csv) {
    const parsed = await readHistoryFile(file, context.signal)
    const station = stationOf(context.config, file, options.as, parsed.title)
    const { kind } = station.source
    if (kind === 'simulator' || kind === 'open-meteo') {
      throw new UserError(
        'unlike-station',
        `the station ${station.id} is ${kind === 'simulator' ? 'simulated' : "a model's grid cell"}`,
        {
          where: file,
          hint: 'A measured history never joins anything else: add a station with source kind waqi or aqicn-csv.',
        },
      )
    }
    const history = alignHistory(parsed, {
      timeZone: station.timeZone,
      downloadZone: options.downloadZone,
      now: context.clock.now(),
      scale: station.scale,
    })
    histories.push({ station, origin: file, history })
  }
  return histories
}

/** Simulated stations come as the CSV that aqicn.org would offer of them, through the same parser. */
async function simulateHistories(context: RunContext): Promise<StationHistory[]> {
  const { exportHistoricalCsv, simulateWorld } = await import('@airq/aqi-client/simulator')
  const now = context.clock.now()
  const histories = context.config.stations.flatMap((station) => {
    if (station.source.kind !== 'simulator') return []
    const { seed, years } = station.source
    const today = localDayAt(now, station.timeZone)
    const world = simulateWorld({
      seed,
      timeZone: station.timeZone,
      firstDay: addDays(today, -Math.round(years * 365.25)),
      lastDay: today,
    })
    const parsed = parseHistoricalCsv(exportHistoricalCsv(world, { downloadZone: 'west' }))
    const { timeZone, scale } = station
    const history = alignHistory(parsed, { timeZone, downloadZone: 'auto', origin: 'simulator', now, scale })
    return [{ station, origin: `simulator, seed ${String(seed)}`, history }]
  })
  if (histories.length > 0) return histories
  throw new UserError('nothing-to-import', 'there is nothing to import', {
    hint: 'Give a download: --csv FILE. (Only simulated stations are imported without one.)',
  })
}

function nothingUsable(origin: string): UserError {
  return new UserError('no-usable-day', `${origin} holds no usable day`, {
    where: origin,
    hint: 'Download the history again from aqicn.org/historical; the newest day never counts, it may be in progress.',
  })
}

async function refuseMixing(context: RunContext, store: FeatureStore, { station, history }: StationHistory) {
  const [there] = await readDays(store, station.id, { signal: context.signal })
  const [here] = history.days
  if (there !== undefined && here !== undefined) refuseUnlike(station.id, there, here)
}

function summarise({ station, history: { days, report } }: StationHistory) {
  return {
    station: station.id,
    simulated: station.source.kind === 'simulator',
    rowsRead: report.rowsRead,
    days: { final: report.final, partial: report.partial, missing: report.missing },
    firstDay: report.firstDay,
    lastDay: report.lastDay,
    lastDayKnownAt: new Date(days.at(-1)?.knownAt ?? 0).toISOString(),
    alignment: { columns: report.columns, method: report.method, confidence: report.confidence },
  }
}
