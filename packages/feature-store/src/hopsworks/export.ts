import { groupLabel } from '../definition.ts'
import { FeatureStoreError } from '../errors.ts'
import { badAnswer } from './api.ts'
import { parseSparkCsv } from './csv.ts'
import { jobFailed, newestExecution, waitForExecution, type JobContext } from './executions.ts'
import { deletePath, downloadFile, listFolder } from './files.ts'
import { pause, retrying } from './retrying.ts'
import type { View } from './views.ts'
import { jobSchema, jobsSchema, trainingSetSchema, type ExecutionDto } from './wire.ts'

/** Cells by column name; null and text, as they stand in the file. */
export type RawRow = ReadonlyMap<string, string | null>

/**
 * Rows of the offline copy by a training dataset: a Spark job writes them as CSV, the files are downloaded, the
 * dataset is deleted. Takes minutes. Rows may come beside those asked for, and a key may come twice.
 * @param from event time, epoch ms
 */
export async function exportRows(
  context: JobContext,
  view: View,
  from: number | undefined,
): Promise<RawRow[]> {
  const { settings, group } = context
  const set = await createSet(context, view, from)
  const path = `${view.path}/trainingdatasets/version/${String(set.version)}`
  const name = set.name ?? `${view.name}_${String(view.version)}`
  const folder = set.location.replace(/^[a-z]+:\/\/[^/]*/, '')
  try {
    const job = await compute(context, path, `${name}_${String(set.version)}_`)
    settings.progress({ step: 'export', group: groupLabel(group), message: `job ${job} exports the rows` })
    const execution = await begunExecution(context, job)
    if ((await waitForExecution(context, job, execution)) === 'failed') {
      throw await jobFailed(context, job, execution)
    }
    // Spark writes into a folder of the dataset's name within its location.
    const rows: RawRow[] = []
    for (const file of await listFolder(context, `${folder}/${name}`)) {
      if (file.dir || /^[_.]/.test(file.name)) continue
      rows.push(...namedCells(new TextDecoder().decode(await downloadFile(context, file.path)), file.path))
    }
    return rows
  } finally {
    await removeSet(context, path, folder)
  }
}

async function createSet(context: JobContext, view: View, from: number | undefined) {
  const { api, settings, group, signal } = context
  return retrying(settings.clock, signal, {
    attempt: () =>
      api.get(
        {
          what: `Creating an export of group ${groupLabel(group)}`,
          scope: 'FEATURESTORE',
          method: 'POST',
          path: `${view.path}/trainingdatasets`,
          json: {
            type: 'trainingDatasetDTO',
            trainingDatasetType: 'HOPSFS_TRAINING_DATASET',
            dataFormat: 'csv',
            coalesce: true,
            splits: [],
            // No end: a server that compares seconds would find that every row lies behind it.
            ...(Number.isFinite(from) && { eventStartTime: Math.floor(from ?? 0) }),
            statisticsConfig: { enabled: false },
          },
          signal,
        },
        trainingSetSchema,
      ),
    // One whose answer was lost holds no data, and nothing tells it from others.
    look: () => Promise.resolve(undefined),
  })
}

/** Sets the job up, which begins at once. After a lost answer the job is found by the name of its dataset. */
async function compute(context: JobContext, path: string, jobPrefix: string): Promise<string> {
  const { api, settings, connection, group, signal } = context
  const { name } = await retrying(settings.clock, signal, {
    attempt: () =>
      api.get(
        {
          what: `Exporting group ${groupLabel(group)}`,
          scope: 'FEATURESTORE',
          method: 'POST',
          path: `${path}/compute`,
          json: { overwrite: false, writeOptions: [], sparkJobConfiguration: null },
          signal,
        },
        jobSchema,
      ),
    look: async () => {
      const { items } = await api.get(
        {
          what: 'Looking for the job of the export',
          scope: 'JOB',
          path: `${connection.projectPath}/jobs`,
          query: { sort_by: 'id:desc', offset: 0, limit: 20 },
          signal,
        },
        jobsSchema,
      )
      return items?.find((job) => job.name.startsWith(jobPrefix))
    },
  })
  return name
}

async function begunExecution(context: JobContext, job: string): Promise<ExecutionDto> {
  const { clock, pollIntervalMs } = context.settings
  for (let look = 1; look <= 5; look += 1) {
    const execution = await newestExecution(context, job)
    if (execution !== undefined) return execution
    await pause(clock, context.signal, pollIntervalMs)
  }
  throw new FeatureStoreError('remote-failed', `Hopsworks shows no execution of job ${job}.`, {
    where: `job ${job}`,
    hint: 'Try again; if it stays, look at the job in the web interface of Hopsworks.',
  })
}

function namedCells(text: string, path: string): RawRow[] {
  const [header = [], ...records] = parseSparkCsv(text)
  const names = header.map((name) => name ?? '')
  return records.map((cells) => {
    if (cells.length !== names.length) {
      throw badAnswer({ what: 'Reading the export', path }, `${String(cells.length)} cells in a row`)
    }
    return new Map(names.map((name, index) => [name, cells[index] ?? null]))
  })
}

/** Best effort; also after an abort, so without the signal of the call. */
async function removeSet(context: JobContext, path: string, folder: string): Promise<void> {
  const { api, settings, group } = context
  const free = { ...context, signal: undefined }
  try {
    const what = `Deleting the export of group ${groupLabel(group)}`
    await api.send({ what, scope: 'FEATURESTORE', method: 'DELETE', path, signal: undefined })
    if ((await listFolder(free, folder)).length > 0) await deletePath(free, folder)
  } catch (error) {
    if (!FeatureStoreError.isInstance(error)) throw error
    settings.progress({
      step: 'clean-up',
      group: groupLabel(group),
      message: `an export is left at Hopsworks: ${error.message}`,
    })
  }
}
