import { createHash } from 'node:crypto'

import { groupLabel } from '../definition.ts'
import { FeatureStoreError } from '../errors.ts'
import type { Row } from '../row-schema.ts'
import { toCsv } from './csv.ts'
import { endingOf, jobFailed, startJob, waitForExecution, type JobContext } from './executions.ts'
import { deleteFolder } from './files.ts'
import { fileName, findLeftovers, resumeFrom, type Leftovers } from './leftovers.ts'
import { retrying } from './retrying.ts'
import { uploadFile } from './upload.ts'
import { ingestionSchema, type ExecutionDto, type GroupDto } from './wire.ts'

/** A folder without a job may be somebody's who is about to begin one. */
const ABANDONED_MS = 60 * 60_000

/**
 * Writes rows by Hopsworks' own ingestion job: a folder and a job, the rows as one CSV file, the job begun and waited
 * for. When this resolves the offline copy holds the rows. What an earlier try of the same rows left is gone on with.
 * @throws FeatureStoreError `job-failed`, `job-timeout`, `quota` and what each request may throw
 */
export async function ingest(context: JobContext, stored: GroupDto, rows: readonly Row[]): Promise<void> {
  const { settings, group } = context
  const bytes = toCsv(
    stored.features.map(({ name }) => name),
    rows,
  )
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 32)
  const leftovers = await findLeftovers(context)
  const resume = resumeFrom(leftovers, digest, bytes.length)
  const tell = (message: string): void => {
    settings.progress({ step: 'job', group: groupLabel(group), message })
  }
  if (resume.kind === 'done') {
    tell(`job ${resume.job} has written these rows before`)
    await cleanUp(context, leftovers)
    return
  }
  if (resume.kind === 'go-on') {
    tell(`going on with job ${resume.job} of an earlier try`)
    await finish(context, resume.job, resume.execution)
    await cleanUp(context, await findLeftovers(context), { job: resume.job })
    return
  }
  for (const { job, execution } of resume.running) {
    tell(`waiting for job ${job}, which writes the same group`)
    await waitForExecution(context, job, execution)
  }
  const { dataPath, job } = await prepare(context, stored.id)
  await uploadFile(context, dataPath, fileName(digest, job.name), bytes)
  settings.progress({
    step: 'upload',
    group: groupLabel(group),
    message: `${String(rows.length)} rows, ${String(bytes.length)} bytes`,
  })
  await finish(context, job.name, undefined)
  // Those waited for are over by now.
  const others = resume.running.length === 0 ? leftovers : await findLeftovers(context)
  await cleanUp(context, others, { job: job.name, folder: dataPath })
}

/** A folder and a job that is not begun. A lost answer costs an empty folder: the next has new ones. */
async function prepare(context: JobContext, groupId: number) {
  const { api, settings, connection, group, signal } = context
  return retrying(settings.clock, signal, {
    attempt: () =>
      api.get(
        {
          what: `Preparing a write of group ${groupLabel(group)}`,
          scope: 'FEATURESTORE',
          method: 'POST',
          path: `${connection.storePath}/featuregroups/${String(groupId)}/ingestion`,
          // The lists must be there: of a null list the job dies.
          json: {
            dataFormat: 'CSV',
            dataOptions: [{ name: 'header', value: 'true' }],
            writeOptions: [],
            sparkJobConfiguration: null,
          },
          signal,
        },
        ingestionSchema,
      ),
    look: () => Promise.resolve(undefined),
  })
}

async function finish(context: JobContext, job: string, begun: ExecutionDto | undefined): Promise<void> {
  const execution = begun ?? (await startJob(context, job))
  const ending = await waitForExecution(context, job, execution)
  if (ending === 'failed') throw await jobFailed(context, job, execution)
}

/**
 * Best effort, the oldest first, the write's own last, and that only if no older one is left: see `resumeFrom`. Jobs
 * may not be deleted with every account.
 */
async function cleanUp(
  context: JobContext,
  { list, complete }: Leftovers,
  own: { readonly job?: string; readonly folder?: string } = {},
): Promise<void> {
  const { settings, group, connection, api, signal } = context
  const now = settings.clock.now()
  const over = list
    .filter(({ folder }) => folder !== own.folder)
    .filter(({ createdAt, execution }) =>
      execution === undefined ? now - createdAt > ABANDONED_MS : endingOf(execution) !== 'running',
    )
    .map(({ folder }) => folder)
    .reverse()
  if (own.folder !== undefined && complete) over.push(own.folder)
  try {
    for (const folder of over) await deleteFolder(context, folder)
    if (own.job === undefined) return
    await api.send({
      what: `Deleting job ${own.job}`,
      scope: 'JOB',
      method: 'DELETE',
      path: `${connection.projectPath}/jobs/${encodeURIComponent(own.job)}`,
      tolerate: [320003, 150068, 130009],
      signal,
    })
  } catch (error) {
    if (!FeatureStoreError.isInstance(error)) throw error
    settings.progress({
      step: 'clean-up',
      group: groupLabel(group),
      message: `files of the write are left at Hopsworks: ${error.message}`,
    })
  }
}
