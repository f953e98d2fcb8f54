import { FeatureStoreError } from '../errors.ts'
import { groupLabel } from '../definition.ts'
import type { JobContext } from './executions.ts'
import { deletePath, listFolder } from './files.ts'
import { pause } from './retrying.ts'
import { listWrites, SECOND_MS, shareASecond, stampOf } from './write-folders.ts'

/** The longest pause before a write that met another begins anew. */
const LONGEST_PAUSE_MS = 5_000
const MOST_MEETINGS = 10

/** Where a write lies before its job is begun. */
export interface PreparedWrite {
  readonly folder: string
  readonly fileName: string
  /** When the answer came that named them; epoch ms of the client. */
  readonly preparedAt: number
}

/**
 * Whether the job of a write is its alone. Hopsworks names a job by group and second: of two writes that are prepared
 * within one, by two processes, both are given the job of the later, which would write the rows of that one twice and
 * those of the other never. So the second is let pass, and whoever then sees the folder of another write in it begins
 * anew; the later of the two that sees no other any more goes on, with the job that is its own.
 */
export async function hasJobOfItsOwn(
  context: JobContext,
  { folder, fileName, preparedAt }: PreparedWrite,
): Promise<boolean> {
  const { settings, signal } = context
  const left = preparedAt + SECOND_MS - settings.clock.now()
  if (left > 0) await pause(settings.clock, signal, left)
  const files = await listFolder(context, folder)
  const isThere = files.some(({ name }) => name === fileName)
  if (!isThere || files.some(({ name }) => name !== fileName)) return false
  const own = stampOf(folder)
  const { writes } = await listWrites(context)
  return !writes.some((other) => other.folder !== folder && shareASecond(other.createdAt, own))
}

/**
 * Takes a write back that shares its second, and waits for as long as its content says, so that two begin anew apart.
 * @param meeting 1 for the first
 * @throws FeatureStoreError `remote-failed` after ten
 */
export async function withdraw(
  context: JobContext,
  { folder, fileName }: PreparedWrite,
  { digest, meeting }: { readonly digest: string; readonly meeting: number },
): Promise<void> {
  const { settings, group, signal } = context
  if (meeting >= MOST_MEETINGS) {
    throw new FeatureStoreError(
      'remote-failed',
      `Group ${groupLabel(group)} is written by too many at the same time: ${String(meeting)} tries met others.`,
      { retryable: true, hint: 'Let fewer runs write at a time, and run this one again.' },
    )
  }
  settings.progress({
    step: 'job',
    group: groupLabel(group),
    message: 'another write was given the same job: beginning anew',
  })
  // Of a shared folder only the own file.
  const files = await listFolder(context, folder)
  const isShared = files.some(({ name }) => name !== fileName)
  if (files.length > 0) await deletePath(context, isShared ? `${folder}/${fileName}` : folder)
  await pause(settings.clock, signal, pauseOf(digest, meeting))
}

/** Different for different rows and tries. */
export function pauseOf(digest: string, meeting: number): number {
  const from = (meeting * 4) % (digest.length - 4)
  return Math.round((Number.parseInt(digest.slice(from, from + 4), 16) / 0xffff) * LONGEST_PAUSE_MS)
}
