import { backtestCharts } from '../charts/backtest-charts.ts'
import type { PackageFile } from '../package-files.ts'
import { label } from '../reference.ts'
import { retrying } from '../retrying.ts'
import type { Backtest, Json, ModelPackage, ModelRef, RunFacts } from '../types.ts'
import type { ApiRequest } from './api.ts'
import { eachOf } from './each-of.ts'
import type { CometContext } from './registered.ts'
import { createdSchema, metricSchema } from './wire.ts'

/** Requests under way at once: a backtest is two numbers a day. */
const together = 8

export interface Run extends ModelRef {
  readonly contentSha256: string
  /** Epoch ms. */
  readonly publishedAt: number
  readonly pkg: ModelPackage
  readonly backtest: Backtest | undefined
  readonly run: RunFacts | undefined
}

/** One value of a metric. */
interface Point {
  readonly metric: string
  readonly value: number
  readonly step: number
  /** Epoch ms. */
  readonly timestamp: number
}

/** @returns the key of a new experiment in which nothing is yet */
export async function createExperiment(context: CometContext, ref: ModelRef): Promise<string> {
  const { api, settings, signal } = context
  const { workspace: workspaceName, project: projectName } = settings
  settings.progress({ step: 'experiment', message: `a run in ${workspaceName}/${projectName}` })
  const created = await retrying(settings.clock, signal, {
    attempt: () =>
      api.get(
        {
          what: `Creating the experiment of ${label(ref)}`,
          path: '/write/experiment/create',
          json: { workspaceName, projectName, experimentName: label(ref) },
          signal,
        },
        createdSchema,
      ),
    look: (error) => {
      // Nothing tells an experiment whose key was lost from others of its name.
      if (error.code !== 'rate-limited') throw error
      return Promise.resolve(null)
    },
  })
  return created.experimentKey
}

/** Everything but the package: parameters, metrics, lineage, git, tags, charts and times. */
export async function logRun(context: CometContext, experimentKey: string, run: Run): Promise<void> {
  const { pkg, backtest, publishedAt } = run
  const write = (request: Omit<ApiRequest, 'signal' | 'sent'>): Promise<unknown> =>
    context.api.send({ ...request, sent: 'again', signal: context.signal })
  await eachOf(Object.entries(pkg.params), together, ([name, value]) =>
    write({
      what: `Logging the parameter ${name}`,
      path: '/write/experiment/parameter',
      json: { experimentKey, parameterName: name, parameterValue: textOf(value), timestamp: publishedAt },
    }),
  )
  await eachOf(pointsOf(run), together, (point) => logPoint(context, experimentKey, point))
  await eachOf(Object.entries(othersOf(run)), together, ([key, value]) =>
    write({
      what: `Logging ${key}`,
      path: '/write/experiment/log-other',
      json: { experimentKey, key, value, timestamp: publishedAt },
    }),
  )
  const git = gitOf(run)
  if (git !== null) {
    await write({
      what: 'Logging the commit',
      path: '/write/experiment/git/metadata',
      json: { experimentKey, ...git },
    })
  }
  await write({
    what: 'Logging the tags',
    path: '/write/experiment/tags',
    json: { experimentKey, addedTags: [run.name, ...(run.run?.tags ?? [])] },
  })
  for (const chart of backtest === undefined ? [] : backtestCharts(backtest)) {
    await uploadAsset(context, { experimentKey, type: 'asset' }, chart)
  }
  await write({
    what: 'Setting the times of the run',
    path: '/write/experiment/set-start-end-time',
    json: {
      experimentKey,
      startTimeMillis: run.run?.startedAt ?? publishedAt,
      endTimeMillis: run.run?.endedAt ?? publishedAt,
    },
  })
}

/** A file of an experiment; `groupingName` makes it one of a model. */
export async function uploadAsset(
  { api, settings, signal }: CometContext,
  query: { readonly experimentKey: string; readonly type: string; readonly groupingName?: string },
  { path, text }: PackageFile,
): Promise<void> {
  settings.progress({ step: 'upload', message: path })
  const form = new FormData()
  const fileName = path.slice(path.lastIndexOf('/') + 1)
  form.set('file', new Blob([text], { type: 'application/octet-stream' }), fileName)
  const extension = fileName.includes('.') ? fileName.slice(fileName.lastIndexOf('.') + 1) : fileName
  await api.send({
    what: `Uploading ${path}`,
    path: '/write/experiment/upload-asset',
    // Within a run that no version points at yet, so that there is nothing of value to overwrite.
    query: { ...query, fileName: path, extension, overwrite: 'true' },
    form,
    sent: 'again',
    signal,
  })
}

function pointsOf({ pkg, backtest, publishedAt }: Run): Point[] {
  const scores = Object.entries(pkg.metrics).map(([metric, value]) => ({
    metric,
    value,
    step: 0,
    timestamp: publishedAt,
  }))
  const days = (backtest?.days ?? []).flatMap((day, step) => {
    const timestamp = Date.parse(`${day}T00:00:00Z`)
    return [
      { metric: 'backtest_actual', value: backtest?.actual[step] ?? 0, step, timestamp },
      { metric: 'backtest_forecast', value: backtest?.forecast[step] ?? 0, step, timestamp },
    ]
  })
  return [...scores, ...days]
}

/** A second time makes a second point, so it is looked for first. */
async function logPoint(
  { api, settings, signal }: CometContext,
  experimentKey: string,
  { metric, value, step, timestamp }: Point,
): Promise<void> {
  await retrying(settings.clock, signal, {
    attempt: async () => {
      await api.send({
        what: `Logging the metric ${metric}`,
        path: '/write/experiment/metric',
        json: { experimentKey, metricName: metric, metricValue: String(value), step, timestamp },
        signal,
      })
      return true
    },
    look: async () => {
      const { metrics } = await api.get(
        {
          what: `Reading the metric ${metric}`,
          path: '/experiment/metrics/get-metric',
          query: { experimentKey, metricName: metric },
          signal,
        },
        metricSchema,
      )
      return (metrics ?? []).some((point) => point.step === step) ? true : null
    },
  })
}

function othersOf({ name, version, contentSha256, pkg, backtest }: Run): Record<string, string> {
  const lineage = Object.entries(pkg.lineage).map(([key, value]) => [`lineage_${key}`, textOf(value)])
  const [firstDay, lastDay] = [backtest?.days[0], backtest?.days.at(-1)]
  return {
    model: name,
    version,
    content_sha256: contentSha256,
    ...(Object.fromEntries(lineage) as Record<string, string>),
    ...(firstDay !== undefined && lastDay !== undefined && { backtest_days: `${firstDay} to ${lastDay}` }),
  }
}

function gitOf({ pkg, run }: Run): Record<string, string> | null {
  const { branch = '', origin = '', user = '' } = run?.git ?? {}
  const parent = pkg.lineage.gitCommit ?? ''
  return parent === '' && run?.git === undefined ? null : { parent, branch, origin, user, root: '' }
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
