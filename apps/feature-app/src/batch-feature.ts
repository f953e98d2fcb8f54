import { addDays, type AlignedHistory, alignHistory, localDayAt, parseHistoricalCsv } from '@airq/aqi-client'
import {
  aqiDaily,
  aqiImports,
  newImports,
  remoteHints,
  readDays,
  refuseUnlike,
  toDailyRow,
} from '@airq/feature-groups'
import type { FeatureStore } from '@airq/feature-store'
import {
  checkStore,
  keySpan,
  mark,
  placed,
  type RunContext,
  runChecks,
  type StageOptions,
  type StageResult,
  type StationConfig,
  UserError,
} from '@airq/pipeline'
import { readHistoryFile } from '@airq/pipeline/input'
import { stationOf } from './csv-station.ts'
import { describeImport } from './import-text.ts'

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
    return runChecks(context, [checkStore(context, [aqiDaily, aqiImports])], {
      stations: [],
      written: 0,
      unchanged: 0,
    })
  }
  const histories =
    options.csv.length > 0 ? await readFiles(context, options) : await simulateHistories(context)
  for (const { history, origin } of histories) {
    for (const { code, message } of history.report.warnings) context.warn(code, `${origin}: ${message}`)
    if (history.days.length === 0) throw nothingUsable(origin)
  }
  const store = await context.openStore(remoteHints(keySpan(context)))
  await store.ensure(aqiDaily, { signal: context.signal })
  if (histories.some(isDownload)) await store.ensure(aqiImports, { signal: context.signal })
  const leased = await leasedStations(context, store, histories)
  const ours = histories.filter(({ station }) => leased.has(station.id))
  for (const each of ours) await refuseMixing(context, store, each)
  const written: { written: number; unchanged: number | null }[] = []
  using progress = context.progress('storing histories', ours.length)
  for (const [i, { station, history }] of ours.entries()) {
    progress.at(i)
    const rows = history.days.map((day) => toDailyRow(station.id, day))
    written.push(await store.upsert(aqiDaily, rows, { signal: context.signal }))
  }
  await tellImports(context, store, { histories: ours.filter(isDownload), options })
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

/** A simulated history tells nothing of how downloads are labelled. */
function isDownload({ station }: StationHistory): boolean {
  return station.source.kind !== 'simulator'
}

/** After the days: a run that is killed before leaves days without a row of theirs, never a row without its days. */
async function tellImports(
  context: RunContext,
  store: FeatureStore,
  { histories, options }: { histories: readonly StationHistory[]; options: BatchFeatureOptions },
): Promise<void> {
  const imports = histories.map(({ station, history }) => ({
    station: station.id,
    sourceKind: station.source.kind,
    downloadZone: options.downloadZone,
    history,
  }))
  const rows = await newImports(store, imports, context.clock.now(), { signal: context.signal })
  if (rows.length > 0) await store.upsert(aqiImports, rows, { signal: context.signal })
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
  using progress = context.progress('reading files', options.csv.length)
  for (const [i, file] of options.csv.entries()) {
    progress.at(i)
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
    try {
      const history = alignHistory(parsed, {
        timeZone: station.timeZone,
        downloadZone: options.downloadZone,
        now: context.clock.now(),
        scale: station.scale,
      })
      histories.push({ station, origin: file, history })
    } catch (error) {
      throw placed(error, file)
    }
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
