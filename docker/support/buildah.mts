import { spawnSync } from 'node:child_process'
import { lstatSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

// Images without an engine: buildah as root, in a store of our own, so that a stand-in for a base never comes near
// the machine's own images.

/** Kept between runs, for the base in it. */
const STORE = process.env['AIRQ_IMAGE_STORE'] ?? '/var/tmp/airq-images'
const BUILDAH = [
  'buildah',
  ...['--storage-driver', 'vfs', '--root', join(STORE, 'root'), '--runroot', join(STORE, 'run')],
]
const BASE = 'docker.io/library/node:24-bookworm-slim'
const DOCKERFILE = 'docker/Dockerfile'

export type App = 'feature-app' | 'training-app' | 'inference-app'

/** What of `docker inspect` is looked at. */
interface ImageConfig {
  readonly User?: string
  readonly Env?: readonly string[]
  readonly Entrypoint?: readonly string[]
  readonly WorkingDir?: string
  readonly Labels?: Readonly<Record<string, string>>
  readonly Volumes?: object
}

export interface Image extends Disposable {
  readonly name: string
  /** Its files, in a copy that may be changed. */
  readonly root: string
  readonly config: ImageConfig
  /** All that is told of it: configuration, history, labels. */
  readonly told: string
  /** Bytes of each layer, compressed, the last on top; and of the whole. */
  packed(): { readonly layers: readonly number[]; readonly archive: number }
}

/** Why images can't be built here, if so. */
export function obstacle(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root'
  const works = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0
  if (!works('buildah', '--version')) return 'needs buildah (a Debian package)'
  if (!works('unshare', '--mount', 'true')) return 'needs a machine that lets root mount'
  openStore()
  if (hasBase() || works('sh', '-c', 'command -v debootstrap npm')) return undefined
  return `needs debootstrap (a Debian package) and npm, or ${BASE} in ${STORE}`
}

function openStore(): void {
  mkdirSync(STORE, { recursive: true, mode: 0o700 })
  const { uid, mode } = lstatSync(STORE)
  if (uid === 0 && (mode & 0o022) === 0) return
  throw new Error(`${STORE} is not root's alone: remove it, or name another folder in AIRQ_IMAGE_STORE`)
}

function hasBase(): boolean {
  return buildah('images', '--quiet', '--filter', `reference=${BASE}`).trim() !== ''
}

/** Puts a stand-in for Node's image in its place unless the store has one. */
export function seedBase(): void {
  if (hasBase()) return
  process.stdout.write('making a stand-in for the base image (half a minute)\n')
  const done = spawnSync(join(import.meta.dirname, '..', 'seed-base.sh'), [process.execPath, ...BUILDAH], {
    encoding: 'utf8',
  })
  if (done.status !== 0) throw new Error(`no base image:\n${done.stderr.slice(-2000)}`)
}

/** Builds the image of an app, as somebody would with docker, from a folder. */
export function build(
  context: string,
  { app, target, args }: { app: App; target: string; args: Readonly<Record<string, string>> },
): Image {
  const name = `localhost/airq/${app}:${target}`
  const ca = process.env['NODE_EXTRA_CA_CERTS']
  buildah(
    ...['build', '--isolation', 'chroot', '--pull-never', '--format', 'oci'],
    ...['--file', join(context, DOCKERFILE), '--target', target, '--tag', name],
    ...Object.entries({ ...args, APP: app }).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]),
    ...(ca === undefined
      ? []
      : ['--secret', `id=ca,src=${ca}`, '--build-arg', 'NODE_EXTRA_CA_CERTS=/run/secrets/ca']),
    context,
  )
  return open(name)
}

/** All that a builder is sent of a folder. */
export function buildContext(folder: string): Image {
  const file = join(folder, 'docker', 'context.Dockerfile')
  const name = 'localhost/airq/context'
  writeFileSync(file, 'FROM scratch\nCOPY . /\n')
  buildah('build', '--isolation', 'chroot', '--format', 'oci', '--file', file, '--tag', name, folder)
  return open(name)
}

export function openBase(): Image {
  return open(BASE)
}

function open(name: string): Image {
  const container = buildah('from', '--pull-never', name).trim()
  const told = buildah('inspect', '--type', 'image', name)
  const { OCIv1 } = JSON.parse(told) as { OCIv1: { config: ImageConfig } }
  return {
    name,
    root: buildah('mount', container).trim(),
    config: OCIv1.config,
    told,
    packed: () => pack(name),
    [Symbol.dispose]: () => void buildah('rm', container),
  }
}

/** Runs a command with the image's own user, folder and environment. */
export function runWithBuildah({ name }: Image, ...command: readonly string[]): string {
  const container = buildah('from', '--pull-never', name).trim()
  try {
    return buildah('run', '--isolation', 'chroot', container, '--', ...command)
  } finally {
    buildah('rm', container)
  }
}

function pack(name: string): ReturnType<Image['packed']> {
  const archive = join(STORE, 'packed.tar')
  buildah('push', '--quiet', name, `oci-archive:${archive}`)
  const read = (blob: string): string =>
    spawnSync('tar', ['-xOf', archive, blob], { encoding: 'utf8' }).stdout
  const blob = (digest: string): string => `blobs/${digest.replace(':', '/')}`
  const index = JSON.parse(read('index.json')) as { manifests: [{ digest: string }] }
  const manifest = JSON.parse(read(blob(index.manifests[0].digest))) as { layers: { size: number }[] }
  const { size } = statSync(archive)
  return { layers: manifest.layers.map((layer) => layer.size), archive: size }
}

/** Takes away what a failed build left, and the images of this test; the base stays. */
export function sweep(): void {
  buildah('rm', '--all')
  const images = buildah('images', '--all', '--quiet', '--no-trunc').trim().split('\n')
  const base = buildah('images', '--quiet', '--no-trunc', '--filter', `reference=${BASE}`).trim()
  const others = images.filter((id) => id !== '' && id !== base)
  if (others.length > 0) buildah('rmi', '--force', ...new Set(others))
}

function buildah(...args: readonly string[]): string {
  const [command = '', ...options] = BUILDAH
  const done = spawnSync(command, [...options, ...args], { encoding: 'utf8', maxBuffer: 64 << 20 })
  if (done.status === 0) return done.stdout
  throw new Error(`buildah ${args.join(' ')} failed:\n${done.stdout.slice(-3000)}${done.stderr.slice(-3000)}`)
}
