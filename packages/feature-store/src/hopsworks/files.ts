import type { Api } from './api.ts'
import type { Connection } from './connect.ts'
import { inodeSchema, inodesSchema } from './wire.ts'

/** Nothing is there: no such dataset, path, or (of a deletion) inode. */
const NOT_THERE = [110011, 110018]
/** Entries a listing gives at most. */
export const LISTED = 100

export interface RemoteFile {
  readonly name: string
  readonly path: string
  readonly dir: boolean
  readonly size: number
}

export interface FileContext {
  readonly api: Api
  readonly connection: Connection
  readonly signal: AbortSignal | undefined
}

/** The newest 100 entries of a folder, newest first; none where the folder is not there. */
export async function listFolder(context: FileContext, folder: string): Promise<RemoteFile[]> {
  const listing = await context.api.json(
    {
      what: `Listing ${folder}`,
      scope: 'DATASET_VIEW',
      path: datasetPath(context, folder),
      query: { action: 'listing', expand: 'inodes', sort_by: 'ID:desc', offset: 0, limit: LISTED },
      tolerate: NOT_THERE,
      signal: context.signal,
    },
    inodesSchema,
  )
  return typeof listing === 'number' ? [] : (listing.items ?? []).map(({ attributes }) => attributes)
}

/** Size in bytes, or undefined: the file is not there. */
export async function fileSize(context: FileContext, path: string): Promise<number | undefined> {
  const inode = await context.api.json(
    {
      what: `Looking at ${path}`,
      scope: 'DATASET_VIEW',
      path: datasetPath(context, path),
      tolerate: NOT_THERE,
      signal: context.signal,
    },
    inodeSchema,
  )
  return typeof inode === 'number' ? undefined : inode.attributes.size
}

export async function downloadFile(context: FileContext, path: string): Promise<Uint8Array> {
  const body = await context.api.send({
    what: `Downloading ${path}`,
    scope: 'DATASET_VIEW',
    path: `${context.connection.projectPath}/dataset/download/with_auth/${encodeURIComponent(path)}`,
    query: { type: 'DATASET' },
    signal: context.signal,
    timeoutMs: 5 * 60_000,
  })
  return typeof body === 'number' ? new Uint8Array() : body
}

/** A file, or a folder with all that is in it. */
export async function deletePath(context: FileContext, path: string): Promise<void> {
  await context.api.send({
    what: `Deleting ${path}`,
    scope: 'DATASET_DELETE',
    method: 'DELETE',
    path: datasetPath(context, path),
    signal: context.signal,
  })
}

/** The path is one part, as the official client sends it. */
function datasetPath({ connection }: FileContext, path: string): string {
  return `${connection.projectPath}/dataset/${encodeURIComponent(path)}`
}
