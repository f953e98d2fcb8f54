import {
  aqiAlerts,
  type AqiAlertRow,
  aqiDaily,
  aqiForecasts,
  aqiIdentities,
  type AqiIdentityRow,
  readRows,
} from '@airq/feature-groups'
import type { FeatureStore } from '@airq/feature-store'
import {
  checkStore,
  eachStation,
  PipelineError,
  type RunContext,
  runChecks,
  type StageResult,
  withoutLeases,
} from '@airq/pipeline'
import * as looks from '@airq/watch'
import { alertHints } from './alert-hints.ts'
import { lastRuns, watchFacts } from './watch-facts.ts'
import { alertList, describeWatch, writeAlerts } from './watch-text.ts'
import { tellWebhook, webhookOf, type WebhookPlace } from './watch-webhook.ts'

export interface WatchOptions {
  readonly check: boolean
  readonly out: string | undefined
}

const DAY_MS = 86_400_000
/** So long after its end an alert is told of. */
const RECENT_MS = 7 * DAY_MS
/** Name of the lease: one watch at a time. */
const LEASE = 'all'

interface Look {
  readonly checked: readonly {
    readonly station: string
    readonly simulated: boolean
    readonly checks: readonly looks.CheckResult[]
    readonly identity: AqiIdentityRow | null
  }[]
  readonly runs: looks.CheckResult | null
  readonly degraded: boolean
}

/** Looks at data, runs and forecasts of every station; opens, renews and closes alerts; tells the webhook. */
export async function watchStage(context: RunContext, options: WatchOptions): Promise<StageResult> {
  const webhook = await webhookOf(context)
  if (options.check) return checkOnly(context, webhook)
  const pipelines = Object.keys(context.config.watch.missedHours)
  const store = await context.openStore({ existing: true, ...alertHints(context, pipelines) })
  await ensureGroups(store, context.signal)
  await using lease = await context.lease(store, LEASE)
  const before = await alertRows(context, store)
  if (lease === null) return await tell(context, options, { rows: before, look: null, webhook })
  const look = await lookAround(context, store, pipelines)
  let rows = await settled(context, store, { before, look, tells: webhook !== null })
  if (webhook instanceof URL) {
    await tellWebhook(context, webhook, looks.pendingNotices(rows), async (told) => {
      rows = await kept(context, store, rows, looks.toldRows(told))
    })
  }
  return await tell(context, options, { rows, look, webhook })
}

async function ensureGroups(store: FeatureStore, signal: AbortSignal): Promise<void> {
  await store.ensure(aqiDaily, { signal })
  await store.ensure(aqiForecasts, { signal })
  await store.ensure(aqiAlerts, { signal })
  await store.ensure(aqiIdentities, { signal })
}

function checkOnly(context: RunContext, webhook: WebhookPlace): Promise<StageResult> {
  const hook = {
    name: 'webhook',
    run: () =>
      webhook === 'unknown'
        ? Promise.reject(new PipelineError('webhook-failed', 'the Key Vault could not be asked for it'))
        : Promise.resolve(webhook === null ? 'none is given' : 'is given; nothing was sent'),
  }
  const groups = [aqiDaily, aqiForecasts, aqiAlerts, aqiIdentities]
  return runChecks(context, [checkStore(context, groups), hook], nothingTold(webhook))
}

function alertRows({ signal }: RunContext, store: FeatureStore): Promise<AqiAlertRow[]> {
  return readRows(store.read(aqiAlerts, {}, { signal }))
}

async function lookAround(
  context: RunContext,
  store: FeatureStore,
  pipelines: readonly string[],
): Promise<Look> {
  const question = { now: context.clock.now(), thresholds: context.config.watch }
  // Others may be at the stations; the watch has one lease for all of them.
  const { results: checked, degraded } = await eachStation(withoutLeases(context), store, async (station) => {
    const facts = await watchFacts(context, store, station)
    const { results, identity } = looks.checkStation(facts, question)
    const simulated = station.source.kind === 'simulator'
    return [
      {
        station: station.id,
        simulated,
        checks: simulated ? results.map(marked) : results,
        identity: identity === facts.identity ? null : identity,
      },
    ]
  })
  // Runs are of all stations: a look at some of them says nothing of these.
  const runs = isWhole(context) ? looks.missedRuns(await lastRuns(context, store, pipelines), question) : null
  return { checked, runs, degraded }
}

/** Wherever it is told, an alert of invented air says so. */
function marked(result: looks.CheckResult): looks.CheckResult {
  return { ...result, message: `[simulated] ${result.message}` }
}

function isWhole({ config, allStations }: RunContext): boolean {
  return config.stations.length === allStations.length
}

/** Keeps what the look found before anybody is told: what is killed in between is told by the next run. */
async function settled(
  context: RunContext,
  store: FeatureStore,
  { before, look, tells }: { before: readonly AqiAlertRow[]; look: Look; tells: boolean },
): Promise<AqiAlertRow[]> {
  const settlement = { now: context.clock.now(), tells }
  const results = [
    ...look.checked.flatMap(({ checks }) => checks),
    ...(look.runs === null ? [] : [look.runs]),
  ]
  const stations = new Set(context.allStations.map(({ id }) => id))
  const changed = [
    ...looks.settle(before, results, settlement),
    ...(isWhole(context) ? looks.settleGone(before, stations, settlement) : []),
  ]
  const identities = look.checked.flatMap(({ identity }) => identity ?? [])
  if (identities.length > 0) await store.upsert(aqiIdentities, identities, { signal: context.signal })
  return kept(context, store, before, changed)
}

/** Writes changed rows and gives all of them as they are then. */
async function kept(
  context: RunContext,
  store: FeatureStore,
  rows: readonly AqiAlertRow[],
  changed: readonly AqiAlertRow[],
): Promise<AqiAlertRow[]> {
  if (changed.length > 0) await store.upsert(aqiAlerts, changed, { signal: context.signal })
  await context.flush()
  const keyOf = ({ station, cause, number }: AqiAlertRow) => `${station} ${cause} ${String(number)}`
  const byKey = new Map([...rows, ...changed].map((row) => [keyOf(row), row]))
  return [...byKey.values()]
}

interface Told {
  readonly rows: readonly AqiAlertRow[]
  /** `null`: another watch was at it. */
  readonly look: Look | null
  readonly webhook: WebhookPlace
}

async function tell(context: RunContext, options: WatchOptions, told: Told): Promise<StageResult> {
  const { rows, look, webhook } = told
  const now = context.clock.now()
  const chosen = new Set(context.config.stations.map(({ id }) => id))
  const recent = rows.filter(
    ({ station, closed_ms: closed }) =>
      (isWhole(context) || chosen.has(station)) && (closed === null || now - closed <= RECENT_MS),
  )
  const open = recent.filter(looks.isOpen)
  const pending = webhook === null ? 0 : looks.pendingNotices(rows).length
  for (const row of open) context.warn('alert', `${row.station}: ${row.cause}: ${row.message}`)
  const alerts = alertList(recent)
  if (options.out !== undefined) {
    await writeAlerts(options.out, {
      format: 1,
      at: new Date(now).toISOString(),
      whole: isWhole(context),
      alerts,
    })
  }
  const checked = look?.checked ?? []
  return {
    summary: {
      ...nothingTold(webhook),
      looked: look !== null,
      whole: isWhole(context),
      stations: checked.map(({ station, simulated, checks }) => ({
        station,
        simulated,
        checks: checks.map(summarise),
      })),
      runs: look?.runs == null ? null : summarise(look.runs),
      alerts,
      webhook: { given: webhook instanceof URL, pending },
    },
    degraded: look === null || look.degraded || open.length > 0 || pending > 0,
    text: describeWatch(checked, recent),
  }
}

function nothingTold(webhook: WebhookPlace) {
  return {
    looked: false,
    whole: false,
    stations: [],
    runs: null,
    alerts: [],
    webhook: { given: webhook instanceof URL, pending: 0 },
  }
}

function summarise({ cause, status, message, figures }: looks.CheckResult) {
  return { cause, status, message, figures }
}
