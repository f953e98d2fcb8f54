import { deepEqual, doesNotMatch, equal, ok } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { BINS } from '../../scripts/built-apps.mts'
import { type App, type Image, runWithBuildah } from './buildah.mts'
import { check } from './check.mts'
import { PLANTED } from './context.mts'
import type { File } from './files.mts'

// What an image says of itself, and what it holds on top of its base.

const NODE_USER = 1000
const ALLOWED =
  /^(?:app|state|app\/(?:[\w-]+\.js|LICENSE|THIRD-PARTY-LICENSES|package\.json)|app\/\.compile-cache(?:\/.*)?)$/

export async function checkInside(app: App, image: Image, onTop: readonly File[], args: Args): Promise<void> {
  await check(`${app}: configuration and labels`, () => {
    checkConfig(app, image, args)
  })
  await check(`${app}: nothing but built code, its cache, its commands and an empty state`, () => {
    checkFiles(app, onTop)
  })
  await check(`${app}: no secret, certificate, source or Azure client in any file or in its history`, () => {
    checkContent(image, onTop)
  })
}

export interface Args {
  readonly REVISION: string
  readonly VERSION: string
  readonly CREATED: string
  readonly SOURCE: string
}

function checkConfig(app: App, image: Image, args: Args): void {
  const { User, Entrypoint, WorkingDir, Env = [], Labels = {}, Volumes } = image.config
  deepEqual({ User, WorkingDir, Volumes }, { User: '1000:1000', WorkingDir: '/app', Volumes: undefined })
  equal(Entrypoint?.length ?? 0, 0, 'an entry point would come between a shell and the command')
  doesNotMatch(image.told, /healthcheck/i)
  deepEqual(
    Env.filter((pair) => !pair.startsWith('PATH=')),
    ['NODE_COMPILE_CACHE=/app/.compile-cache', `AIRQ_GIT_COMMIT=${args.REVISION}`],
  )
  const ours = Object.entries(Labels).filter(([name]) => name.startsWith('org.opencontainers.image.'))
  deepEqual(
    Object.fromEntries(ours.map(([name, value]) => [name.slice('org.opencontainers.image.'.length), value])),
    {
      title: `airq ${app}`,
      source: args.SOURCE,
      revision: args.REVISION,
      version: args.VERSION,
      created: args.CREATED,
      licenses: 'MIT',
    },
  )
  equal(runWithBuildah(image, 'id', '-u').trim(), String(NODE_USER))
}

/** The commands of an app, by both their names. */
export function commandsOf(app: App): string[] {
  const names = Object.entries(BINS).flatMap(([bin, owner]) => (owner === app ? [bin] : []))
  return names.flatMap((name) => (name.endsWith('-pipeline') ? [name, name.replaceAll('-', '_')] : [name]))
}

function checkFiles(app: App, onTop: readonly File[]): void {
  const isCommand = /^usr\/local\/bin\/(.+)$/
  deepEqual(onTop.flatMap(({ path }) => isCommand.exec(path)?.[1] ?? []).sort(), commandsOf(app).sort())
  deepEqual(
    onTop.filter(({ path }) => !isCommand.test(path) && !ALLOWED.test(path)).map(({ path }) => path),
    [],
    'files that have no business in the image',
  )
  for (const file of ['LICENSE', 'THIRD-PARTY-LICENSES'])
    ok(
      (onTop.find(({ path }) => path === `app/${file}`)?.bytes ?? 0) > 1000,
      `${file} of what is in the image`,
    )
  const state = onTop.find(({ path }) => path === 'state')
  deepEqual({ mode: state?.mode, uid: state?.uid }, { mode: 0o700, uid: NODE_USER })
  const open = onTop.filter(
    ({ path, mode, uid }) => path.startsWith('app') && (uid !== 0 || (mode & 0o022) !== 0),
  )
  deepEqual(open, [], 'code that its own user could change')
}

function checkContent(image: Image, onTop: readonly File[]): void {
  const forbidden: Readonly<Record<string, string>> = {
    'a planted secret': PLANTED,
    'a private key': 'PRIVATE KEY-----\n',
    'a certificate': '-----BEGIN CERTIFICATE-----\nM',
    'a source map': '//# sourceMappingURL=data:',
    "Azure's machine learning client": 'Microsoft.MachineLearningServices',
  }
  for (const { path, bytes } of onTop) {
    if (bytes === 0) continue
    const text = readFileSync(join(image.root, path), 'latin1')
    for (const [what, marker] of Object.entries(forbidden)) ok(!text.includes(marker), `${what} in ${path}`)
  }
  ok(!image.told.includes(PLANTED))
  doesNotMatch(image.told, /CA_CERTS|secrets\/ca/, 'the certificate of the build is told')
}
