import type { Backtest, Lineage, ModelPackage } from '../types.ts'
import { apiRoot, type Context } from './context.ts'
import { plainKey } from './runs.ts'

/** Of one request, as of MLflow 2 and 3. */
const metricsInBatch = 1000
const paramsInBatch = 100
const paramLimit = 6000
const digestLimit = 36

interface Metric {
  readonly key: string
  readonly value: number
  /** Epoch ms. */
  readonly timestamp: number
  readonly step: number
}

interface Param {
  readonly key: string
  readonly value: string
}

export interface LoggedFacts {
  readonly pkg: Pick<ModelPackage, 'metrics' | 'params' | 'lineage'>
  readonly backtest: Backtest | undefined
  /** ISO instant, of the metrics. */
  readonly at: string
}

/**
 * Metrics, parameters and data set of a run. Sent again it changes nothing: MLflow keeps one of equal metrics, and a
 * parameter's value stays what it was.
 */
export async function logRun(context: Context, runId: string, facts: LoggedFacts): Promise<void> {
  const { pkg, backtest, at } = facts
  const metrics = [...metricsOf(pkg.metrics, Date.parse(at)), ...(backtest ? backtestMetrics(backtest) : [])]
  const params = paramsOf(pkg.params)
  for (let from = 0; from < params.length; from += paramsInBatch) {
    await logBatch(context, { run_id: runId, params: params.slice(from, from + paramsInBatch) })
  }
  for (let from = 0; from < metrics.length; from += metricsInBatch) {
    await logBatch(context, { run_id: runId, metrics: metrics.slice(from, from + metricsInBatch) })
  }
  await logInputs(context, runId, pkg.lineage)
}

async function logBatch({ api, signal }: Context, batch: object): Promise<void> {
  await api.send({
    what: 'Logging metrics and parameters',
    method: 'POST',
    path: `${apiRoot}/runs/log-batch`,
    json: batch,
    repeatable: true,
    signal,
  })
}

/** MLflow has room for a part of the digest; the whole one is a tag of the data set. */
async function logInputs({ api, signal }: Context, runId: string, lineage: Lineage): Promise<void> {
  const { trainingRowsSha256, featureGroups } = lineage
  const groups = Object.entries(featureGroups).map(([name, version]) => `${name} v${String(version)}`)
  await api.send({
    what: 'Logging the training rows',
    method: 'POST',
    path: `${apiRoot}/runs/log-inputs`,
    json: {
      run_id: runId,
      datasets: [
        {
          tags: [{ key: 'mlflow.data.context', value: 'training' }],
          dataset: {
            name: 'training rows',
            digest: trainingRowsSha256.slice(0, digestLimit),
            source_type: 'airq',
            source: JSON.stringify({ sha256: trainingRowsSha256, featureGroups: groups }),
          },
        },
      ],
    },
    repeatable: true,
    signal,
  })
}

function metricsOf(metrics: ModelPackage['metrics'], timestamp: number): Metric[] {
  return withKeys(metrics).map(([key, value]) => ({ key, value, timestamp, step: 0 }))
}

/** A step a day, so that MLflow draws forecast beside outcome. */
function backtestMetrics({ days, ...series }: Backtest): Metric[] {
  return Object.entries<readonly number[] | undefined>({ ...series }).flatMap(([name, values = []]) =>
    values.map((value, step) => ({
      key: `backtest/${name}`,
      value,
      timestamp: Date.parse(`${days[step] ?? ''}T00:00:00Z`),
      step,
    })),
  )
}

/** A value beyond MLflow's limit is cut: the package holds it whole. */
function paramsOf(params: ModelPackage['params']): Param[] {
  return withKeys(params).map(([key, value]) => ({
    key,
    value: (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, paramLimit),
  }))
}

/** Names that MLflow does not take are changed; of two that become one, the first stays. */
function withKeys<T>(record: Readonly<Record<string, T>>): [string, T][] {
  const byKey = new Map<string, T>()
  for (const [name, value] of Object.entries(record)) {
    const key = plainKey(name)
    if (!byKey.has(key)) byKey.set(key, value)
  }
  return [...byKey]
}
