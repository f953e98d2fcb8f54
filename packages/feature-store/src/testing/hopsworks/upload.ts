import { parseMultipart, type Part } from './multipart.ts'
import { Refusal } from './refusal.ts'
import { json, nothing, type Reply } from './reply.ts'
import type { Call, Route } from './router.ts'
import type { State } from './state.ts'
import { absolute } from './dataset-paths.ts'

interface Upload {
  readonly folder: string
  readonly name: string
  readonly totalSize: number
  readonly totalChunks: number
  readonly chunks: Map<number, Uint8Array>
  /** As the client says, not as counted: this alone decides when an upload is finished. */
  claimed: number
}

const MAX_CHUNKS = 10_000

/** Uploads under way, by folder and identifier. A finished one is forgotten. */
const uploads = new WeakMap<State, Map<string, Upload>>()

/** Flow.js chunks: `POST` one, `GET` whether one is there. */
export const uploadRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/project/:project/dataset/upload/:path+',
    access: { scopes: ['DATASET_CREATE'] },
    consumes: ['multipart/form-data'],
    handle: takeChunk,
  },
  {
    method: 'GET',
    path: '/project/:project/dataset/upload/:path+',
    access: { scopes: ['DATASET_CREATE'] },
    handle: testChunk,
  },
]

function takeChunk(call: Call): Reply {
  const { state } = call
  const form = formOf(call)
  const folder = absolute(state, call.at('path'))
  if (!state.files.stat(folder).dir) throw new Refusal(110018, `no folder: ${folder}`)
  const flow = readFlow((name) => form.get(name)?.bytes.toString('utf8') ?? null)
  const file = form.get('file')
  if (file?.filename === undefined) throw new Refusal(110042, 'no part named file that is a file')
  const path = `${folder}/${flow.name}`
  const open = openUploads(state)
  const id = `${folder}\n${flow.identifier}`
  let upload = open.get(id)
  if (upload === undefined) {
    if (state.files.get(path) !== undefined) throw new Refusal(110012, `path: ${path}`)
    if (flow.chunk !== 1) throw new Refusal(110043, 'the first chunk has not come')
    const { name, totalSize, totalChunks } = flow
    upload = { folder, name, totalSize, totalChunks, chunks: new Map(), claimed: 0 }
    open.set(id, upload)
    state.files.write(path, new Uint8Array())
  }
  if (!upload.chunks.has(flow.chunk)) {
    upload.chunks.set(flow.chunk, file.bytes)
    upload.claimed += flow.chunkSize
  }
  if (upload.claimed !== upload.totalSize) return json({ successMessage: 'Uploading...' })
  open.delete(id)
  state.files.write(path, merged(upload))
  return json({ successMessage: `Upload to ${folder} was successful` })
}

function testChunk(call: Call): Reply {
  const flow = readFlow((name) => call.query.get(name))
  const folder = absolute(call.state, call.at('path'))
  const upload = openUploads(call.state).get(`${folder}\n${flow.identifier}`)
  return upload?.chunks.has(flow.chunk) === true ? json({ successMessage: 'Uploaded' }) : nothing
}

function formOf({ body, fullContentType }: Call): ReadonlyMap<string, Part> {
  try {
    return new Map(parseMultipart(body, fullContentType).map((part) => [part.name, part]))
  } catch (error) {
    throw new Refusal(110042, `the body is no multipart/form-data: ${String(error)}`)
  }
}

function readFlow(field: (name: string) => string | null) {
  const whole = (name: string, least: number): number => {
    const value = field(name)
    if (value === null || !/^\d+$/.test(value) || Number(value) < least) {
      throw new Refusal(110042, `${name} is missing or wrong`)
    }
    return Number(value)
  }
  const identifier = field('flowIdentifier') ?? ''
  const name = field('flowFilename') ?? ''
  if (identifier === '' || name === '' || name.includes('/') || (field('flowRelativePath') ?? '') === '') {
    throw new Refusal(110042, 'flowIdentifier, flowFilename or flowRelativePath is missing or wrong')
  }
  const totalChunks = whole('flowTotalChunks', 1)
  if (totalChunks > MAX_CHUNKS) throw new Refusal(110042, 'too many chunks')
  whole('flowChunkSize', 1)
  return {
    identifier,
    name,
    totalChunks,
    totalSize: whole('flowTotalSize', 0),
    chunk: whole('flowChunkNumber', 1),
    chunkSize: whole('flowCurrentChunkSize', 0),
  }
}

function merged({ chunks, totalChunks }: Upload): Uint8Array {
  const parts: Uint8Array[] = []
  for (let chunk = 1; chunk <= totalChunks; chunk += 1) {
    const part = chunks.get(chunk)
    if (part === undefined) throw new Refusal(110043, `chunk ${String(chunk)} is not there`)
    parts.push(part)
  }
  return Buffer.concat(parts)
}

function openUploads(state: State): Map<string, Upload> {
  const known = uploads.get(state) ?? new Map<string, Upload>()
  uploads.set(state, known)
  return known
}
