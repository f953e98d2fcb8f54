import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { ROOT } from '../built-apps.mts'
import { type Files, StateError } from './state-git.mts'

/** A state directory as files of a branch, and back: a backup of the store, compressed, and the models. */

const STORE = 'feature-store.sqlite'
const PACKED = `${STORE}.gz`
const MODELS = 'model-registry'
const MANIFEST = 'state.json'

interface Manifest {
  readonly format: 1
  /** Path to SHA-256. */
  readonly files: Readonly<Record<string, string>>
}

/** Also while a pipeline writes. Nothing where there is no state yet. */
export function packState(state: string): Files {
  const files = new Map<string, Buffer>()
  if (existsSync(join(state, STORE))) files.set(PACKED, packedStore(state))
  const models = join(state, MODELS)
  if (existsSync(models)) {
    for (const entry of readdirSync(models, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue
      const path = join(entry.parentPath, entry.name)
      files.set(relative(state, path).split(sep).join('/'), readFileSync(path))
    }
  }
  if (files.size === 0) return files
  const digests = Object.fromEntries([...files].map(([path, content]) => [path, sha256(content)]))
  const manifest: Manifest = { format: 1, files: digests }
  return files.set(MANIFEST, Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`))
}

/** What tells one state from another; `undefined` for none. */
export function digestOf(files: Files): string | undefined {
  const manifest = files.get(MANIFEST)
  return manifest === undefined ? undefined : sha256(manifest)
}

/**
 * All of it or nothing: put together beside the directory, then moved into its place.
 * @throws StateError where the branch is damaged, or the directory holds a state already
 */
export function unpackState(files: Files, state: string): void {
  if (existsSync(state) && readdirSync(state).length > 0) {
    throw new StateError(
      `${state} is not empty`,
      'Name another --state, or move it away: nothing is overwritten.',
    )
  }
  const checked = checkedFiles(files)
  mkdirSync(dirname(state), { recursive: true })
  const half = mkdtempSync(`${state}.restoring-`)
  try {
    for (const [path, content] of checked) {
      const target = path === PACKED ? STORE : path
      mkdirSync(dirname(join(half, target)), { recursive: true, mode: 0o700 })
      writeFileSync(join(half, target), path === PACKED ? gunzipSync(content) : content, { mode: 0o600 })
    }
    rmSync(state, { recursive: true, force: true })
    renameSync(half, state)
  } finally {
    rmSync(half, { recursive: true, force: true })
  }
}

/** The files of a state alone, each as its manifest says. */
function checkedFiles(files: Files): Files {
  const text = files.get(MANIFEST)
  if (text === undefined) return new Map()
  const damaged = (what: string) =>
    new StateError(
      `the state of the branch is damaged: ${what}`,
      'Put a commit that was sound back on the branch.',
    )
  const manifest = JSON.parse(text.toString()) as Manifest
  if ((manifest.format as number) !== 1) throw damaged('its format is unknown')
  return new Map(
    Object.entries(manifest.files).map(([path, digest]) => {
      const content = files.get(path)
      if (path !== PACKED && !path.startsWith(`${MODELS}/`)) throw damaged(`it names ${path}`)
      if (path.split('/').includes('..')) throw damaged(`it names ${path}`)
      if (content === undefined || sha256(content) !== digest) throw damaged(`${path} is not what was saved`)
      return [path, content]
    }),
  )
}

/**
 * The rows of `ours` into the state of `theirs`: what either pulled is kept. Models are theirs.
 * @throws StateError where both wrote another forecast of the same decision
 */
export function mergeState(theirs: Files, ours: string, folder: string): void {
  unpackState(theirs, folder)
  if (!existsSync(join(ours, STORE))) return
  if (!existsSync(join(folder, STORE))) {
    rmSync(folder, { recursive: true, force: true })
    unpackState(packState(ours), folder)
    return
  }
  airqStore('copy', join(ours, STORE), join(folder, STORE))
}

function packedStore(state: string): Buffer {
  const folder = mkdtempSync(join(state, '.saving-'))
  try {
    const copy = join(folder, STORE)
    airqStore('backup', join(state, STORE), copy)
    airqStore('verify', copy)
    return gzipSync(readFileSync(copy), { level: 9 })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function airqStore(...args: readonly string[]): void {
  const bin = join(ROOT, 'packages', 'feature-store', 'src', 'bin', 'airq-store.ts')
  const done = spawnSync(process.execPath, ['--conditions=@airq/source', bin, ...args], { encoding: 'utf8' })
  if (done.status === 0) return
  throw new StateError(
    `airq-store ${args[0] ?? ''} failed: ${done.stderr.trim()}`,
    'What is here stays as it is.',
  )
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}
