import { posix } from 'node:path'

import type { Input } from './input.ts'
import { missing, Refusal } from './refusal.ts'
import { requireVersion } from './registered.ts'
import { bytes, empty, json, type Reply } from './reply.ts'
import { safePath } from './rules.ts'
import { requireRun } from './run-routes.ts'
import { lean, type State } from './state.ts'

const proxyScheme = 'mlflow-artifacts:/'

/** `GET mlflow-artifacts/artifacts/PATH` */
export function download(state: State, path: string): Reply {
  return file(state, safePath(path))
}

/** `PUT mlflow-artifacts/artifacts/PATH`: what was there is replaced without a word. */
export function upload(state: State, path: string, body: Uint8Array): Reply {
  const place = safePath(path)
  if (place.endsWith('/')) return directory("Artifact path must include a filename (cannot end with '/').")
  state.artifacts.set(place, body)
  return empty
}

/** `GET mlflow-artifacts/artifacts?path=PATH`: base names, and sizes. */
export function listFolder(state: State, path: string): Reply {
  return json(lean({ files: entries(state, safePath(path)) }))
}

export function deleteArtifacts(state: State, path: string): Reply {
  const place = safePath(path)
  for (const known of [...state.artifacts.keys()]) {
    if (known === place || known.startsWith(`${place}/`)) state.artifacts.delete(known)
  }
  return json({})
}

/** `GET artifacts/list`: paths from the run's root on. */
export function listRunArtifacts(state: State, input: Input): object {
  const { artifactUri } = requireRun(state, input)
  const path = input.optionalText('path') ?? ''
  const files = entries(state, join(placeOf(artifactUri), safePath(path))).map((entry) => ({
    ...entry,
    path: join(path, entry.path),
  }))
  return lean({ root_uri: artifactUri, files })
}

/** `GET /get-artifact` and `GET /model-versions/get-artifact`, which are no part of the REST API. */
export function artifactOfRun(state: State, input: Input): Reply {
  return file(state, join(placeOf(requireRun(state, input).artifactUri), safePath(input.text('path'))))
}

export function artifactOfVersion(state: State, input: Input): Reply {
  const { version } = requireVersion(state, input)
  return file(state, join(placeOf(version.source), safePath(input.text('path'))))
}

interface Entry {
  readonly path: string
  readonly is_dir: boolean
  readonly file_size?: number
}

function entries(state: State, folder: string): Entry[] {
  const prefix = folder === '.' || folder === '' ? '' : `${folder}/`
  const found = new Map<string, Entry>()
  for (const [path, content] of state.artifacts) {
    if (!path.startsWith(prefix)) continue
    const [name = '', ...rest] = path.slice(prefix.length).split('/')
    found.set(
      name,
      rest.length > 0
        ? { path: name, is_dir: true }
        : { path: name, is_dir: false, file_size: content.length },
    )
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}

function file(state: State, place: string): Reply {
  const content = state.artifacts.get(place)
  if (content !== undefined) return bytes(content, posix.basename(place))
  if (entries(state, place).length > 0) {
    return directory(`Artifact path refers to a directory, not a file: '${place}'`)
  }
  throw missing(`No such artifact: '${place}'`)
}

function directory(detail: string): Reply {
  return json({ detail }, 400)
}

/** Where the fake keeps what a URI names. Stores beside the proxy are out of its reach. */
function placeOf(uri: string): string {
  if (uri.startsWith(proxyScheme)) return uri.slice(proxyScheme.length)
  throw new Refusal('INTERNAL_ERROR', `The fake has no artifacts at ${uri}.`)
}

function join(folder: string, path: string): string {
  return path === '' || path === '.' ? folder : folder === '' ? path : `${folder}/${path}`
}
