import { requireExperiment } from './experiment-routes.ts'
import type { Input } from './input.ts'
import { invalid, missing } from './refusal.ts'
import { parseFilter } from './search-filter.ts'
import { lean, locationOf, nextRunId, pageOf, wireTags, type Metric, type Run, type State } from './state.ts'

const nameTag = 'mlflow.runName'

export function createRun(state: State, input: Input): object {
  const experiment = requireExperiment(state, input.optionalText('experiment_id') ?? '0')
  if (experiment.deleted) {
    throw invalid(
      `The experiment ${experiment.id} must be in the 'active' state. \nCurrent state is deleted.`,
    )
  }
  const id = nextRunId(state)
  const tags = new Map(input.keyValues('tags').map(({ key, value }) => [key, value]))
  // MLflow invents a name of two words and a number.
  const name = input.optionalText('run_name') ?? tags.get(nameTag) ?? `plain-run-${String(state.runs.size)}`
  tags.set(nameTag, name)
  const run: Run = {
    id,
    experimentId: experiment.id,
    name,
    status: 'RUNNING',
    startTime: input.optionalInt('start_time') ?? 0,
    endTime: undefined,
    artifactUri: `${locationOf(state, experiment)}/${id}/artifacts`,
    metrics: [],
    params: new Map(),
    tags,
    inputs: [],
  }
  state.runs.set(id, run)
  return { run: wireRun(run) }
}

export function getRun(state: State, input: Input): object {
  return { run: wireRun(requireRun(state, input)) }
}

export function updateRun(state: State, input: Input): object {
  const run = requireRun(state, input)
  run.status = input.optionalText('status') ?? run.status
  run.endTime = input.optionalInt('end_time') ?? run.endTime
  run.name = input.optionalText('run_name') ?? run.name
  run.tags.set(nameTag, run.name)
  return { run_info: wireInfo(run) }
}

export function getMetricHistory(state: State, input: Input): object {
  const key = input.text('metric_key')
  const metrics = requireRun(state, input).metrics.filter((metric) => metric.key === key)
  return lean({ metrics: metrics.map(wireMetric) })
}

/** Newest first. Filters know tags and, of the attributes, these. */
export function searchRuns(state: State, input: Input): object {
  const attributes = ['run_id', 'run_name', 'status']
  const fits = parseFilter(input.optionalText('filter') ?? '', { attributes, listed: ['run_id'] })
  const experiments = input.texts('experiment_ids')
  const found = [...state.runs.values()]
    .filter(({ experimentId }) => experiments.includes(experimentId))
    .filter((run) =>
      fits({
        attribute: (key) => (key === 'status' ? run.status : key === 'run_id' ? run.id : run.name),
        tag: (key) => run.tags.get(key),
      }),
    )
    .sort((a, b) => b.startTime - a.startTime)
  const { items, token } = pageOf(found, input, 1000, 50_000)
  return lean({ runs: items.map(wireRun), next_page_token: token })
}

export function requireRun(state: State, input: Input): Run {
  return runWithId(state, input.optionalText('run_id') ?? input.text('run_uuid'))
}

function runWithId(state: State, id: string): Run {
  const run = state.runs.get(id)
  if (run === undefined) throw missing(`Run with id=${id} not found`)
  return run
}

function wireRun(run: Run): object {
  return {
    info: wireInfo(run),
    data: lean({
      metrics: latestMetrics(run.metrics).map(wireMetric),
      params: wireTags(run.params),
      tags: wireTags(run.tags),
    }),
    inputs: lean({ dataset_inputs: run.inputs }),
  }
}

function wireInfo(run: Run): object {
  return lean({
    run_uuid: run.id,
    experiment_id: run.experimentId,
    run_name: run.name,
    user_id: '',
    status: run.status,
    start_time: run.startTime,
    end_time: run.endTime,
    artifact_uri: run.artifactUri,
    lifecycle_stage: 'active',
    run_id: run.id,
  })
}

/** The last of each key: by step, then by time, then by value. */
function latestMetrics(metrics: readonly Metric[]): Metric[] {
  const latest = new Map<string, Metric>()
  for (const metric of metrics) {
    const known = latest.get(metric.key)
    if (known === undefined || compare(metric, known) >= 0) latest.set(metric.key, metric)
  }
  return [...latest.values()]
}

function compare(a: Metric, b: Metric): number {
  return a.step - b.step || a.timestamp - b.timestamp || a.value - b.value
}

/** What JSON has no number for goes as text. */
function wireMetric({ value, ...rest }: Metric): object {
  return { ...rest, value: Number.isFinite(value) ? value : String(value) }
}
