import type { Experiment, Metric } from './state.ts'

/** The last value of each metric with its extremes, every value as text. */
export function summaries({ metrics }: Experiment): object[] {
  return [...new Set(metrics.map(({ name }) => name))].map((name) => {
    const values = metrics.filter((metric) => metric.name === name)
    const bySize = [...values].sort((a, b) => Number(a.value) - Number(b.value))
    const [least, most, last] = [bySize[0], bySize.at(-1), values.at(-1)]
    return {
      name,
      ...atPoint('Min', least),
      ...atPoint('Max', most),
      ...atPoint('Current', last),
      editable: false,
    }
  })
}

/** A parameter or other value, in the shape of a summary. */
export function summary(name: string, value: string): object {
  return {
    name,
    valueMax: value,
    valueMin: value,
    valueCurrent: value,
    timestampMax: 0,
    timestampMin: 0,
    timestampCurrent: 0,
    editable: true,
  }
}

export function metricValues({ metrics }: Experiment, name: string): object[] {
  return metrics
    .filter((metric) => metric.name === name)
    .map(({ value, timestamp, step, epoch, context }) => ({
      metricName: name,
      metricValue: value,
      timestamp,
      step,
      epoch,
      runContext: context,
    }))
}

function atPoint(suffix: string, metric: Metric | undefined): object {
  if (metric === undefined) return {}
  const { value, timestamp, step, context } = metric
  return {
    [`value${suffix}`]: value,
    [`timestamp${suffix}`]: timestamp,
    [`step${suffix}`]: step,
    [`runContext${suffix}`]: context,
  }
}
