import { addDays, type DailyReading, localDay } from '@airq/aqi-client'
import {
  type AqiForecastRow,
  BLOCKS,
  decisionRow,
  type DecisionRule,
  informationSha256,
  readBeside,
} from '@airq/feature-groups'
import type { FeatureStore } from '@airq/feature-store'
import { loadModel } from '@airq/model'
import type { ModelRegistry, ModelVersion } from '@airq/model-registry'
import { describeError, modelName, type RunContext, type StationConfig } from '@airq/pipeline'
import type { ForecastReasons, ServingModel } from '@airq/report'

interface Explained {
  readonly store: FeatureStore
  readonly station: StationConfig
  readonly days: readonly DailyReading[]
  readonly row: AqiForecastRow
}

/** What the registry tells of the models; where it cannot be asked, nothing, and a warning says so. */
export interface Models {
  serving(station: StationConfig, rules: readonly DecisionRule[]): Promise<ServingModel[]>
  /** Why a forecast of the ledger came out so; `null` where it can't be made again bit by bit. */
  reasons(of: Explained): Promise<ForecastReasons | null>
  /** Whether the registry failed. */
  isMissing(): boolean
}

/** No column looks further back into hours or weather. */
const DAYS_BACK = 3

export async function openModels(context: RunContext): Promise<Models> {
  let isMissing = false
  const asked = async <T>(ask: () => Promise<T>, otherwise: T): Promise<T> => {
    if (isMissing) return otherwise
    try {
      return await ask()
    } catch (error) {
      context.signal.throwIfAborted()
      isMissing = true
      context.warn('no-registry', `the registry could not be asked: ${describeError(error).report.message}`)
      return otherwise
    }
  }
  const registry = await asked(() => context.openRegistry({ readOnly: true }), null)
  return {
    isMissing: () => isMissing,
    serving: (station, rules) =>
      registry === null
        ? Promise.resolve([])
        : asked(() => servingModels(context, registry, station, rules), []),
    reasons: async (of) => {
      if (registry === null) return null
      try {
        return await reasonsOf(context, registry, of)
      } catch (error) {
        context.signal.throwIfAborted()
        context.logger.debug('no reasons', {
          station: of.station.id,
          because: describeError(error).report.message,
        })
        return null
      }
    },
  }
}

async function servingModels(
  { signal }: RunContext,
  registry: ModelRegistry,
  station: StationConfig,
  rules: readonly DecisionRule[],
): Promise<ServingModel[]> {
  const serving: ServingModel[] = []
  for (const { decision } of rules) {
    const version = await registry.resolve(
      modelName(station.id, decision),
      { stage: 'production' },
      { signal },
    )
    if (version !== null) serving.push({ decision, ...(await toServing(registry, version, signal)) })
  }
  return serving
}

async function toServing(registry: ModelRegistry, version: ModelVersion, signal: AbortSignal) {
  const { name, contentSha256, createdAt, metrics, params, lineage } = version
  const changes = await registry.history(name, { signal })
  const change = changes.findLast(({ stage, to }) => stage === 'production' && to === version.version)
  return {
    name,
    version: version.version,
    contentSha256,
    createdAt,
    metrics,
    params,
    lineage,
    promotion:
      change === undefined
        ? null
        : { at: change.at, reason: change.reason, from: change.from, kind: change.kind },
  }
}

async function reasonsOf(
  { signal }: RunContext,
  registry: ModelRegistry,
  { store, station, days, row }: Explained,
): Promise<ForecastReasons | null> {
  const { model_name: name, model_version: version } = row
  if (name === null || version === null) return null
  const found = await registry.resolve(name, { version }, { signal })
  if (found === null) return null
  const { model } = await registry.fetch(found, { signal })
  const set = loadModel(model).sets.find((one) => one.name === row.information_set)
  if (set === undefined) return null
  const decisionDay = localDay(row.issue_slot.slice(0, 10))
  const span = { first: addDays(decisionDay, -DAYS_BACK), timeZone: station.timeZone }
  const beside = set.needs.length === 0 ? {} : await readBeside(store, station.id, span, { signal })
  const blocks = BLOCKS.filter((block) => set.needs.includes(block))
  const again = decisionRow(days, decisionDay, { ...ruleOf(row), beside, blocks })
  const hash = informationSha256({
    model: found.contentSha256,
    decision: row.decision,
    targetDay: row.day,
    columns: again.columns,
    values: again.row.values,
  })
  // Days may have come in since: then these are not the reasons of what was said.
  if (hash !== row.information_hash) return null
  const { day, issue_slot, revision } = row
  return { day, issue_slot, revision, contributions: set.explain({ columns: again.columns, row: again.row }) }
}

function ruleOf({ decision, issue_slot }: AqiForecastRow): DecisionRule {
  const hour = Number(issue_slot.slice(11))
  if (decision === 'evening' || decision === 'morning') return { decision, hour }
  return { decision: 'end-of-day' }
}
