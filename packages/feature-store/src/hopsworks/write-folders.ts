import type { JobContext } from './executions.ts'
import { LISTED, listFolder } from './files.ts'

/** Names of jobs tell seconds apart, no less. */
export const SECOND_MS = 1_000
/** Names of folders tell milliseconds, by a clock read before or after. */
const MARGIN_MS = 300

/** Where a write of a group keeps its file. */
export interface WriteFolder {
  readonly folder: string
  /** Epoch ms on the server's clock. */
  readonly createdAt: number
}

/** The folders of the writes of a group. */
export async function listWrites(context: JobContext): Promise<{
  /** Newest first. */
  readonly writes: readonly WriteFolder[]
  /** Whether there may be older ones. */
  readonly whole: boolean
}> {
  const { group, connection } = context
  const entries = await listFolder(context, `/Projects/${connection.projectName}/Ingestion`)
  const pattern = RegExp(`^${group.name}_${String(group.version)}\\d{13}$`)
  const writes = entries
    .filter(({ name, dir }) => dir && pattern.test(name))
    .map(({ path }) => ({ folder: path, createdAt: stampOf(path) }))
    .sort((a, b) => b.createdAt - a.createdAt)
  return { writes, whole: entries.length < LISTED }
}

/** Epoch ms at the end of the name of a folder. */
export function stampOf(folder: string): number {
  return Number(/(\d{13})$/.exec(folder)?.[1])
}

/** Whether writes with folders of these times (epoch ms) may have been given the same job. */
export function shareASecond(one: number, other: number): boolean {
  return Math.abs(one - other) <= SECOND_MS + MARGIN_MS
}
