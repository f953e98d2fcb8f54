import { Input, isRecord, type KeyValue } from './input.ts'
import { invalid } from './refusal.ts'
import { checkKey, checkLength, limits } from './rules.ts'
import { requireRun } from './run-routes.ts'
import type { Metric, Run, State } from './state.ts'

/** All or nothing: everything is checked first. */
export function logBatch(state: State, input: Input, bodyBytes: number): object {
  if (bodyBytes > limits.batchBytes) {
    throw invalid(
      `Batched logging API requests must be at most ${String(limits.batchBytes)} bytes, got a request of size ${String(bodyBytes)}.`,
    )
  }
  input.text('run_id')
  const [metrics, params, tags] = [input.list('metrics'), input.keyValues('params'), input.keyValues('tags')]
  checkBatch(metrics.length, params.length, tags.length)
  const run = requireRun(state, input)
  write(run, metrics.map(readMetric), params, tags)
  return {}
}

export function logMetric(state: State, input: Input): object {
  write(requireRun(state, input), [readMetric(input, 0)], [], [])
  return {}
}

export function logParameter(state: State, input: Input): object {
  write(requireRun(state, input), [], [keyValue(input)], [])
  return {}
}

export function setRunTag(state: State, input: Input): object {
  write(requireRun(state, input), [], [], [keyValue(input)])
  return {}
}

export function logInputs(state: State, input: Input): object {
  const run = requireRun(state, input)
  const given = input.raw('datasets')
  for (const entry of input.list('datasets')) {
    const dataset = entry.raw('dataset')
    if (!isRecord(dataset)) throw invalid("Missing value for required parameter 'dataset'.")
    checkLength('digest', new Input(dataset).text('digest'), limits.datasetDigest)
  }
  if (Array.isArray(given)) run.inputs.push(...(given as unknown[]))
  return {}
}

function write(
  run: Run,
  metrics: readonly Metric[],
  params: readonly KeyValue[],
  tags: readonly KeyValue[],
): void {
  params.forEach(({ key }, index) => {
    checkKey(key, `params[${String(index)}].key`)
  })
  tags.forEach(({ key }, index) => {
    checkKey(key, `tags[${String(index)}].key`)
  })
  checkParams(run, params)
  for (const metric of metrics)
    if (!run.metrics.some((known) => isSame(known, metric))) run.metrics.push(metric)
  for (const { key, value } of params) run.params.set(key, value.slice(0, limits.paramValue))
  for (const { key, value } of tags) run.tags.set(key, value.slice(0, limits.runTagValue))
}

function checkBatch(metrics: number, params: number, tags: number): void {
  const checks = [
    ['metrics', limits.metricsInBatch, metrics],
    ['params', limits.paramsInBatch, params],
    ['tags', limits.tagsInBatch, tags],
    ['metrics, params, and tags', limits.batch, metrics + params + tags],
  ] as const
  for (const [what, limit, length] of checks) {
    if (length > limit) {
      throw invalid(
        `A batch logging request can contain at most ${String(limit)} ${what}. Got ${String(length)} ${what}. Please split up ${what} across multiple requests and try again.`,
      )
    }
  }
}

function checkParams(run: Run, params: readonly KeyValue[]): void {
  const keys = params.map(({ key }) => key)
  const twice = keys.filter((key, index) => keys.indexOf(key) !== index)
  if (twice.length > 0) {
    throw invalid(
      `Duplicate parameter keys have been submitted: ['${twice.join("', '")}']. Please ensure the request contains only one param value per param key.`,
    )
  }
  for (const { key, value } of params) {
    const known = run.params.get(key)
    if (known !== undefined && known !== value.slice(0, limits.paramValue)) {
      throw invalid(
        `Changing param values is not allowed. Params were already logged='[{'key': '${key}', 'old_value': '${known}', 'new_value': '${value}'}]' for run ID='${run.id}'.`,
      )
    }
  }
}

function readMetric(input: Input, index: number): Metric {
  const key = input.text('key')
  checkKey(key, `metrics[${String(index)}].name`)
  return {
    key,
    value: input.number('value'),
    timestamp: input.optionalInt('timestamp') ?? 0,
    step: input.optionalInt('step') ?? 0,
  }
}

function keyValue(input: Input): KeyValue {
  return { key: input.text('key'), value: input.optionalText('value') ?? '' }
}

function isSame(a: Metric, b: Metric): boolean {
  return a.key === b.key && a.step === b.step && a.timestamp === b.timestamp && Object.is(a.value, b.value)
}
