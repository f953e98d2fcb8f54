import { FeatureStoreError } from '../errors.ts'
import { fileSize, type FileContext } from './files.ts'
import { retrying } from './retrying.ts'
import type { Settings } from './settings.ts'
import { uploadSchema } from './wire.ts'

const BOUNDARY = 'airq-d41f0c9a7b5e4e6c'
const IN_PROGRESS = 'Uploading...'

export interface UploadContext extends FileContext {
  readonly settings: Settings
}

type Fields = Readonly<Record<string, string | number>>

/**
 * Uploads a file in chunks. After a lost answer the server tells which chunks it has; whether the whole is there,
 * the size of the file tells.
 * @throws FeatureStoreError `remote-failed` where the server still waits for more after the last chunk
 */
export async function uploadFile(
  context: UploadContext,
  folder: string,
  name: string,
  bytes: Uint8Array,
): Promise<void> {
  const { settings, signal } = context
  const size = settings.uploadChunkBytes
  const total = Math.max(1, Math.ceil(bytes.length / size))
  const path = `${folder}/${name}`
  const base = {
    templateId: -1,
    flowChunkSize: size,
    flowTotalSize: bytes.length,
    flowIdentifier: `${String(bytes.length)}_${name}`,
    flowFilename: name,
    flowRelativePath: name,
    flowTotalChunks: total,
  }
  let last = ''
  for (let number = 1; number <= total; number += 1) {
    const chunk = bytes.subarray((number - 1) * size, number * size)
    const fields = { ...base, flowCurrentChunkSize: chunk.length, flowChunkNumber: number }
    last = await retrying(settings.clock, signal, {
      attempt: () => sendChunk(context, folder, fields, chunk),
      look: async () => {
        if (await hasChunk(context, folder, fields)) return IN_PROGRESS
        return (await fileSize(context, path)) === bytes.length ? 'complete' : undefined
      },
    })
  }
  if (last === IN_PROGRESS && (await fileSize(context, path)) !== bytes.length) {
    throw new FeatureStoreError('remote-failed', `Hopsworks took all of ${path} and still waits for more.`, {
      where: path,
      hint: 'Try again; the file goes into a new folder then.',
    })
  }
}

async function sendChunk(
  { api, connection, signal }: UploadContext,
  folder: string,
  fields: Fields,
  chunk: Uint8Array,
): Promise<string> {
  const { successMessage } = await api.get(
    {
      what: `Uploading to ${folder}`,
      scope: 'DATASET_CREATE',
      method: 'POST',
      path: `${connection.projectPath}/dataset/upload/${encodeURIComponent(folder)}`,
      body: multipart(fields, chunk),
      contentType: `multipart/form-data; boundary=${BOUNDARY}`,
      timeoutMs: 5 * 60_000,
      signal,
    },
    uploadSchema,
  )
  return successMessage ?? ''
}

/** 204 is no answer to whether it never came or the whole file is complete. */
async function hasChunk(
  { api, connection, signal }: UploadContext,
  folder: string,
  fields: Fields,
): Promise<boolean> {
  const body = await api.send({
    what: `Asking for chunk ${String(fields['flowChunkNumber'])}`,
    scope: 'DATASET_CREATE',
    path: `${connection.projectPath}/dataset/upload/${encodeURIComponent(folder)}`,
    query: fields,
    signal,
  })
  return typeof body !== 'number' && body.length > 0
}

/** The names and numbers hold no quote and no line break. The boundary cannot occur: no cell holds a line break. */
function multipart(fields: Fields, chunk: Uint8Array): Uint8Array {
  const parts = Object.entries(fields).map(
    ([name, value]) =>
      `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${String(value)}\r\n`,
  )
  const file = `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="${String(fields['flowFilename'])}"\r\ncontent-type: application/octet-stream\r\n\r\n`
  return Buffer.concat([
    Buffer.from(`${parts.join('')}${file}`),
    chunk,
    Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
  ])
}
