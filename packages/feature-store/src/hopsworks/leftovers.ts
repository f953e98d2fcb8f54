import { endingOf, lookForExecution, type JobContext } from './executions.ts'
import { listFolder } from './files.ts'
import type { ExecutionDto } from './wire.ts'
import { listWrites, shareASecond, type WriteFolder } from './write-folders.ts'

const LOOKED_AT = 20

/** What a write of this group left at Hopsworks: a folder, and in it a file that names its content and its job. */
interface Leftover extends WriteFolder {
  readonly file: UploadedFile | undefined
  /** Of the job; undefined: it was not begun. */
  readonly execution: ExecutionDto | undefined
}

interface UploadedFile {
  readonly digest: string
  readonly job: string
  readonly size: number
}

/**
 * The file's name is what another process, or this one later, can resume from: Hopsworks itself does not tell which
 * job reads which folder.
 */
export function fileName(digest: string, job: string): string {
  return `airq.${digest}.${job}.csv`
}

function parseFileName(name: string): { digest: string; job: string } | undefined {
  const [, digest, job] = /^airq\.([0-9a-f]{32})\.(\w+)\.csv$/.exec(name) ?? []
  return digest === undefined || job === undefined ? undefined : { digest, job }
}

export interface Leftovers {
  /** Newest first. */
  readonly list: readonly Leftover[]
  /** Whether there are no older ones that were not looked at. */
  readonly complete: boolean
}

export async function findLeftovers(context: JobContext): Promise<Leftovers> {
  const { writes, whole } = await listWrites(context)
  const list: Leftover[] = []
  for (const { folder, createdAt } of writes.slice(0, LOOKED_AT)) {
    const file = await findFile(context, folder)
    const execution = file === undefined ? undefined : await lookForExecution(context, file.job)
    // Of a deleted job nothing can be gone on with.
    if (execution === 'no-job') list.push({ folder, createdAt, file: undefined, execution: undefined })
    else list.push({ folder, createdAt, file, execution })
  }
  return { list, complete: whole && writes.length <= LOOKED_AT }
}

async function findFile(context: JobContext, folder: string): Promise<UploadedFile | undefined> {
  const files = await listFolder(context, folder)
  for (const { name, size } of files) {
    const parts = parseFileName(name)
    if (parts !== undefined) return { ...parts, size }
  }
  return undefined
}

/** Of two writes in one second both have the job of the later. */
function isAlone(list: readonly Leftover[], index: number): boolean {
  const own = list[index]?.createdAt ?? Number.NaN
  return !list.some(({ createdAt }, i) => i !== index && shareASecond(createdAt, own))
}

interface RunningJob {
  readonly job: string
  readonly execution: ExecutionDto
}

/** The jobs that write the group right now. */
export function runningIn(list: readonly Leftover[]): RunningJob[] {
  return list.flatMap(({ file, execution }) =>
    file !== undefined && execution !== undefined && endingOf(execution) === 'running'
      ? [{ job: file.job, execution }]
      : [],
  )
}

export type Resume =
  /** The same rows are in: nothing is to be done. */
  | { readonly kind: 'done'; readonly job: string }
  /** The same rows are being written, or wait for their job to begin. */
  | { readonly kind: 'go-on'; readonly job: string; readonly execution: ExecutionDto | undefined }
  /** Begin anew, once those are over: two writes of one group at a time would conflict. */
  | { readonly kind: 'anew'; readonly running: readonly RunningJob[] }

/**
 * A success counts for the newest folder alone: behind an older one other rows may have been written since. Writers
 * delete their folders from the oldest on, so a newest one that is left is the last write's.
 */
export function resumeFrom({ list }: Leftovers, digest: string, size: number): Resume {
  for (const [index, { file, execution }] of list.entries()) {
    if (file?.digest !== digest || file.size !== size) continue
    const ending = execution === undefined ? undefined : endingOf(execution)
    if (ending === 'running') return { kind: 'go-on', job: file.job, execution }
    if (index > 0) continue
    if (ending === undefined && isAlone(list, index)) {
      return { kind: 'go-on', job: file.job, execution: undefined }
    }
    if (ending === 'succeeded') return { kind: 'done', job: file.job }
  }
  return { kind: 'anew', running: runningIn(list) }
}
