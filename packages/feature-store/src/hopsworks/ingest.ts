import { createHash } from 'node:crypto'

import { groupLabel } from '../definition.ts'
import { FeatureStoreError } from '../errors.ts'
import type { Row } from '../row-schema.ts'
import { toCsv } from './csv.ts'
import { endingOf, jobFailed, startJob, waitForExecution, type JobContext } from './executions.ts'
import { deletePath } from './files.ts'
import { hasJobOfItsOwn, pauseOf, type PreparedWrite, withdraw } from './job-of-its-own.ts'
import { fileName, findLeftovers, resumeFrom, runningIn, type Leftovers } from './leftovers.ts'
import { pause, retrying } from './retrying.ts'
import { uploadFile } from './upload.ts'
import { ingestionSchema, type ExecutionDto, type GroupDto } from './wire.ts'

/** A folder without a job may be somebody's who is about to begin one. */
const ABANDONED_MS = 60 * 60_000
/** As Hudi's and Delta's errors are named. */
const CONFLICT = /WriteConflict|Concurrent\w*Exception/
const MOST_CONFLICTS = 20

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
    await finish(context, { job: resume.job, digest, begun: resume.execution })
    await cleanUp(context, await findLeftovers(context), { job: resume.job })
    return
  }
  for (const { job, execution } of resume.running) {
    tell(`waiting for job ${job}, which writes the same group`)
    await waitForExecution(context, job, execution)
  }
  const { job, folder } = await prepareAlone(context, stored, { digest, bytes, rows: rows.length })
  await finish(context, { job, digest, begun: undefined })
  // Those waited for are over by now.
  const others = resume.running.length === 0 ? leftovers : await findLeftovers(context)
  await cleanUp(context, others, { job, folder })
}

/** The rows in a folder, with a job that no other write was given too. */
async function prepareAlone(
  context: JobContext,
  stored: GroupDto,
  { digest, bytes, rows }: { readonly digest: string; readonly bytes: Uint8Array; readonly rows: number },
): Promise<{ readonly job: string; readonly folder: string }> {
  const { settings, group } = context
  for (let meeting = 1; ; meeting += 1) {
    const { dataPath: folder, job } = await prepare(context, stored.id)
    const preparedAt = settings.clock.now()
    const write: PreparedWrite = { folder, fileName: fileName(digest, job.name), preparedAt }
    await uploadFile(context, folder, write.fileName, bytes)
    settings.progress({
      step: 'upload',
      group: groupLabel(group),
      message: `${String(rows)} rows, ${String(bytes.length)} bytes`,
    })
    if (await hasJobOfItsOwn(context, write)) return { job: job.name, folder }
    await withdraw(context, write, { digest, meeting })
  }
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

/** Of two jobs that write one table at a time, the later fails, and is begun again. */
async function finish(
  context: JobContext,
  write: { readonly job: string; readonly digest: string; readonly begun: ExecutionDto | undefined },
): Promise<void> {
  const { job, digest } = write
  let { begun } = write
  for (let attempt = 1; ; attempt += 1) {
    const execution = begun ?? (await startJob(context, job))
    const ending = await waitForExecution(context, job, execution)
    if (ending === 'succeeded') return
    const failed = await jobFailed(context, job, execution)
    if (attempt >= MOST_CONFLICTS || !CONFLICT.test(failed.message)) throw failed
    context.settings.progress({
      step: 'job',
      group: groupLabel(context.group),
      message: `job ${job} met another that writes the same group: again`,
    })
    const { list } = await findLeftovers(context)
    for (const other of runningIn(list)) await waitForExecution(context, other.job, other.execution)
    await pause(context.settings.clock, context.signal, pauseOf(digest, attempt))
    begun = undefined
  }
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
    for (const folder of over) await deletePath(context, folder)
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
