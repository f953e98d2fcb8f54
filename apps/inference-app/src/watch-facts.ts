import { addDays, endOfDay, localDayAt, startOfDay } from '@airq/aqi-client'
import {
  aqiIdentities,
  aqiImports,
  aqiQuarantine,
  aqiReadings,
  aqiStations,
  fromReadingRow,
  readDays,
  readIssued,
  readRows,
  ruleAt,
} from '@airq/feature-groups'
import type { FeatureStore } from '@airq/feature-store'
import type { RunContext, StationConfig } from '@airq/pipeline'
import { lastRunKey, readRunRecord } from '@airq/pipeline/jobs'
import { type LastRun, READING_DAYS, type StationFacts } from '@airq/watch'

const DAY_MS = 86_400_000
/** Of readings, beyond what the stuck sensor needs: an outage shorter than this is told in hours. */
const LEAST_READING_DAYS = 14
/** A forecast may count for a day that its target lies beyond the span. */
const MARGIN_DAYS = 2

/** All that is watched of a station. Groups that nobody wrote to yet are empty. */
export async function watchFacts(
  { clock, config, signal }: RunContext,
  store: FeatureStore,
  { id, timeZone, source }: StationConfig,
): Promise<StationFacts> {
  const now = clock.now()
  const keys = { station: id }
  const today = localDayAt(now, timeZone)
  const { watch, forecast } = config
  const days = await readDays(store, id, { signal })
  const since = addDays(today, -Math.max(...watch.skill.days, watch.coverage.days, 0) - MARGIN_DAYS)
  const span = { from: startOfDay(since, timeZone), to: endOfDay(addDays(today, MARGIN_DAYS), timeZone) }
  const from = now - readingDays(days.at(-1)?.origin === 'csv', watch.stuckHours) * DAY_MS
  const readings = await readRows(store.read(aqiReadings, { keys, from, to: now }, { signal }))
  const held = await readRows(store.read(aqiQuarantine, { keys, from, to: now }, { signal }))
  const isPulled = source.kind !== 'aqicn-csv'
  const [told = null] = await readRows(store.read(aqiStations, { keys }, { signal }))
  const [identity = null] = await readRows(store.read(aqiIdentities, { keys }, { signal }))
  return {
    id,
    timeZone,
    rules: forecast.decisions.map((decision) => ruleAt(decision, forecast.hours)),
    days,
    readings: readings.map(fromReadingRow),
    newestReadingAt: newestOf(readings) ?? (isPulled ? await newestEver(store, id, { now, signal }) : null),
    heldBack: held.filter(({ reason, released }) => reason === 'stuck' && !released).map(fromReadingRow),
    issued: await readIssued(store, id, span, { signal }),
    told,
    identity,
    imports: await readRows(store.read(aqiImports, { keys }, { signal })),
  }
}

function newestOf(rows: readonly { readonly observed_ms: number }[]): number | null {
  return rows.reduce<number | null>(
    (newest, { observed_ms: at }) => (newest === null || at > newest ? at : newest),
    null,
  )
}

/** Only a station that is pulled and silent costs a look at everything. */
async function newestEver(
  store: FeatureStore,
  station: string,
  { now, signal }: { readonly now: number; readonly signal: AbortSignal },
): Promise<number | null> {
  const query = { keys: { station }, to: now, columns: ['observed_ms'] as const }
  return newestOf(await readRows(store.read(aqiReadings, query, { signal })))
}

/** Only downloaded days are compared with the readings of many days. */
function readingDays(isDownloaded: boolean, stuckHours: number): number {
  return Math.max(isDownloaded ? READING_DAYS : LEAST_READING_DAYS, Math.ceil(stuckHours / 24) + 1)
}

/** The last good run of each pipeline, as its job recorded it. */
export async function lastRuns(
  { signal }: RunContext,
  store: FeatureStore,
  pipelines: readonly string[],
): Promise<LastRun[]> {
  const runs: LastRun[] = []
  for (const pipeline of pipelines) {
    const record = await readRunRecord(store, lastRunKey(pipeline), signal)
    runs.push({ pipeline, startedAt: record?.startedAt ?? null })
  }
  return runs
}
