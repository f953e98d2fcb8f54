import { cp } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { join } from 'node:path'
import { type LocalDay, localDay } from '@airq/aqi-client'
import type { FeatureStore } from '@airq/feature-store'
import { openSqliteStore } from '@airq/feature-store/sqlite'
import { listenOnLoopback } from '@airq/http/testing'
import {
  aqiForecasts,
  type AqiStationRow,
  type LedgerEntry,
  recordForecast,
  toReadingRow,
} from '../../packages/feature-groups/src/index.ts'
import { run, start, type Summary, type Workplace, workplace } from './bins.ts'
import { history, NOW } from './histories.ts'
import { entry } from './ledger-entry.ts'
import { dailyRows } from './store.ts'

const ZONE = 'Asia/Shanghai'
export const NOW_MS = Date.parse(NOW)
export const HOUR = 3_600_000
/** Part of the webhook's address: it must stand nowhere. */
export const MARK = 'T0secretMarkOfTheHook'

export const instant = (hours: number) => new Date(NOW_MS + hours * HOUR).toISOString()

/** `airq-watch` so many hours after the history ends. */
export function watchArgs(place: Workplace, hours: number, ...more: string[]): string[] {
  return [place.config, '--state', place.state, '--now', instant(hours), '--json', ...more]
}
export const watch = (place: Workplace, hours: number, hook?: string, ...more: string[]) =>
  run('airq-watch', watchArgs(place, hours, ...more), hook === undefined ? {} : { AIRQ_WEBHOOK_URL: hook })
export const startWatch = (place: Workplace, hours: number, hook: string) =>
  start('airq-watch', watchArgs(place, hours), { AIRQ_WEBHOOK_URL: hook })

interface Delivery {
  readonly key: string | undefined
  readonly body: Record<string, any>
}

export interface Webhook extends AsyncDisposable {
  readonly url: string
  readonly deliveries: Delivery[]
  /** What it answers from now on; a function may hold a delivery back. */
  answer: number | (() => Promise<number>)
  close(): Promise<void>
  reopen(): Promise<void>
}

/** A receiver on loopback that remembers what it is sent, whatever it answers. */
export async function startWebhook(): Promise<Webhook> {
  const deliveries: Delivery[] = []
  const hook = { answer: 200 as Webhook['answer'] }
  const server = await listenOnLoopback(async (request, response) => {
    const body: unknown = JSON.parse(await text(request))
    const key = request.headers['idempotency-key']
    deliveries.push({ key: String(key), body: body as Delivery['body'] })
    response.statusCode = typeof hook.answer === 'number' ? hook.answer : await hook.answer()
    response.end('taken')
  })
  return Object.assign(hook, {
    url: `${server.baseUrl}/services/${MARK}?to=airq`,
    deliveries,
    close: () => server.close(),
    reopen: () => server.reopen(),
    [Symbol.asyncDispose]: () => server.close(),
  })
}

/** Does something to the store of a place. */
export async function inStore(place: Workplace, change: (store: FeatureStore) => Promise<unknown>) {
  const store = await openSqliteStore({ path: join(place.state, 'feature-store.sqlite'), clock: Date })
  try {
    await change(store)
  } finally {
    await store.close()
  }
}

/** A reading so many hours after the history ends. */
export function readingRow(hours: number, pm25: number) {
  const observedAt = NOW_MS + hours * HOUR
  const local = new Date(observedAt + 8 * HOUR).toISOString().slice(0, 13)
  return toReadingRow('beijing', 'waqi @1451', {
    hour: local as never,
    observedAt,
    sub: { pm25, pm10: 40 + (hours % 7) },
    aqi: pm25,
    dominant: 'pm25',
    unit: 'sub-index',
    scale: 'us-epa-2015',
    evidence: 'station',
    knownAt: observedAt,
  })
}

export function stationRow(change: Partial<AqiStationRow> = {}): AqiStationRow {
  return {
    station: 'beijing',
    source: 'waqi',
    source_id: '1451',
    name: 'Beijing (北京)',
    latitude: 39.95,
    longitude: 116.47,
    attributions: '[]',
    known_at: NOW_MS,
    ...change,
  }
}

/** Final days of a place, in order. */
function outcomesOf({ state }: Workplace): { day: LocalDay; aqi: number }[] {
  return dailyRows(state)
    .filter(({ status, aqi }) => status === 'final' && aqi !== null)
    .map(({ day, aqi }) => ({ day: localDay(String(day)), aqi: Number(aqi) }))
}

/** The ledger of the last so many final days, each forecast as told by its outcome and persistence. */
export async function issueForecasts(
  place: Workplace,
  days: number,
  say: (actual: number, persistence: number, i: number) => Pick<LedgerEntry, 'aqi' | 'lower' | 'upper'>,
): Promise<void> {
  const outcomes = outcomesOf(place)
  await inStore(place, async (store) => {
    await store.ensure(aqiForecasts)
    for (let i = 0; i < days; i += 1) {
      const [last, now] = [outcomes.at(-i - 2), outcomes.at(-i - 1)]
      if (last === undefined || now === undefined) throw new Error('the history is too short')
      await recordForecast(store, entry(now.day, last.day, say(now.aqi, last.aqi, i)))
    }
  })
}

export const CONFIG = `
stations: [{ id: beijing, name: Beijing, timeZone: ${ZONE}, source: { kind: aqicn-csv } }]
`

/** A station with a year of days and nothing else. */
export async function importedStation(): Promise<Workplace> {
  const place = await workplace(CONFIG)
  const file = await place.file('beijing.csv', history('west', 1))
  const args = [place.config, '--state', place.state, '--now', NOW, '--csv', file]
  const { code, stderr } = await run('batch-feature-pipeline', args)
  if (code !== 0) throw new Error(stderr)
  return place
}

export async function copyOf(imported: Workplace, config = CONFIG): Promise<Workplace> {
  const place = await workplace(config)
  await cp(imported.state, place.state, { recursive: true })
  return place
}

export const openOf = ({ alerts }: Summary, cause: string, station = 'beijing') =>
  alerts.filter(
    (alert: Summary) => alert['station'] === station && alert['cause'] === cause && alert['state'] === 'open',
  )
/** What the webhook was told of a cause, without the station and the cause. */
export const told = (hook: Webhook, cause: string, station = 'beijing') =>
  hook.deliveries
    .flatMap(({ body }) => body['alerts'].map(({ id }: Summary) => id as string))
    .filter((id) => id.startsWith(`${station}/${cause}/`))
    .map((id) => id.split('/').slice(2).join(' '))

/** Always 20 points farther off than persistence, give or take ten. */
export const bad = (actual: number, persistence: number, i: number) => {
  const aqi = Math.round(actual + (i % 2 === 0 ? 1 : -1) * (Math.abs(persistence - actual) + 10 + (i % 21)))
  return { aqi: Math.max(0, aqi), lower: 0, upper: 500 }
}
/** Right, and sure of it by a point less than it should be. */
export const narrow = (actual: number) => ({ aqi: actual + 3, lower: actual + 1, upper: actual + 5 })
