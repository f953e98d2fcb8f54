import { deepEqual, equal, match, ok } from 'node:assert/strict'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startFakeOpenMeteo, startFakeWaqi } from '@airq/aqi-client/testing'
import {
  type App,
  build,
  buildContext,
  type Image,
  obstacle,
  openBase,
  seedBase,
  sweep,
} from './support/buildah.mts'
import { check, exitCode } from './support/check.mts'
import { type Context, makeContext } from './support/context.mts'
import { filesOnTop } from './support/files.mts'
import { checkInside, commandsOf } from './support/inside.mts'
import { type Ended, type Mounts, run, type RunOptions, start } from './support/sandbox.mts'

// Builds the images with buildah, looks into them, and runs a simulated city through them, read-only, as their own
// user. Skipped with a line where that can't be done. Some minutes:
//   node --conditions=@airq/source docker/image-test.mts

const MB = 1e6
const MOST_ON_TOP = 4 * MB
const MOST_PACKED = 50 * MB
const TOKEN = 'secret-token-of-the-test'
const SIMULATED = `stations:
  - id: simulated-city
    name: Simulated City
    timeZone: Asia/Shanghai
    source: { kind: simulator, seed: 7, years: 4 }
`
const WAQI = `stations:
  - id: beijing
    name: Beijing
    timeZone: Asia/Shanghai
    location: { latitude: 39.95, longitude: 116.47 }
    source: { kind: waqi, feed: '@1451' }
`
const IN_STATE = ['config.yaml', '--state', '/state', '--json']

const reason = obstacle()
if (reason !== undefined) {
  process.stdout.write(`skipped: building images ${reason}\n`)
  process.exit(0)
}

const workplace = mkdtempSync(join(tmpdir(), 'airq-image-run-'))
chmodSync(workplace, 0o755)

/** An empty volume and a configuration, as a user would mount them. */
function mounts(config: string, owner = 1000): Mounts {
  const folder = mkdtempSync(join(workplace, 'run-'))
  chmodSync(folder, 0o755)
  const [state, file] = [join(folder, 'state'), join(folder, 'config.yaml')]
  mkdirSync(state, { mode: 0o700 })
  chownSync(state, owner, owner)
  writeFileSync(file, config)
  return { state, config: file }
}

/** Ends with this exit code, and says with `--json` what it did. */
async function ends(
  code: number,
  image: Image,
  where: Mounts,
  command: readonly string[],
  options?: RunOptions,
): Promise<Ended & { summary: Record<string, unknown> }> {
  const ended = await run(image, where, command, options)
  equal(
    ended.code,
    code,
    `${command.join(' ')} ended with ${String(ended.code)}:\n${ended.stdout}${ended.stderr}`,
  )
  const isJson = command.includes('--json')
  return { ...ended, summary: isJson ? (JSON.parse(ended.stdout) as Record<string, unknown>) : {} }
}

async function checkPipelines(images: Readonly<Record<App, Image>>): Promise<void> {
  const { 'feature-app': feature, 'training-app': training, 'inference-app': inference } = images
  const city = mounts(SIMULATED)
  await check('a simulated city goes through the three images and one volume', async () => {
    await ends(0, feature, city, ['batch-feature-pipeline', ...IN_STATE])
    const plain = await ends(3, inference, city, ['inference-pipeline', ...IN_STATE, '--allow-fallback'])
    equal(plain.summary['degraded'], true)
    await ends(0, training, city, ['training-pipeline', ...IN_STATE])
    const { summary } = await ends(0, inference, city, ['inference-pipeline', ...IN_STATE])
    const [forecast] = summary['forecasts'] as [{ fallback: boolean; model: { version: string } }]
    deepEqual([forecast.fallback, forecast.model.version], [false, '1.0.0'])
  })
  await check('the model tells the commit of the image', () => {
    const lineage = join(city.state, 'model-registry', 'simulated-city-end-of-day', '1.0.0', 'lineage.json')
    match(readFileSync(lineage, 'utf8'), new RegExp(`"gitCommit": "${revision}"`))
  })
  await check('a shell starts it by the name with underscores', async () => {
    const line = 'inference_pipeline config.yaml --state /state --json'
    await ends(0, inference, city, ['/bin/bash', '-c', line])
    await ends(0, inference, city, ['/bin/sh', '-c', line])
  })
  await check('another user may run it too', async () => {
    const done = await ends(0, feature, mounts(SIMULATED, 4711), ['feature-pipeline', ...IN_STATE], {
      user: 4711,
    })
    equal(done.stderr.includes('cache'), false)
  })
  await check('wrong input ends with 2: a flag, a configuration, a state that is not writable', async () => {
    await ends(2, feature, city, ['feature-pipeline', 'config.yaml', '--wrong'])
    await ends(2, training, city, ['training-pipeline', 'none.yaml'])
    const { stderr } = await ends(2, inference, city, ['inference-pipeline', 'config.yaml'])
    match(stderr, /the state directory \/app\/\.airq cannot be used: \/app: .*\n(?:.*\n)?.*--state \/state/)
  })
}

async function checkLive(feature: Image): Promise<void> {
  await check('the newest hour of a fake WAQI gets into the volume, the token into no output', async () => {
    const waqi = await startFakeWaqi({ token: TOKEN, seed: 3 })
    const openMeteo = await startFakeOpenMeteo({ seed: 3, clock: { now: () => waqi.now() } })
    try {
      const env = { AQI_TOKEN: TOKEN, WAQI_BASE_URL: waqi.baseUrl, OPEN_METEO_BASE_URL: openMeteo.baseUrl }
      const done = await ends(0, feature, mounts(WAQI), ['feature-pipeline', ...IN_STATE], { env })
      equal(done.summary['written'], 1)
      ok(!(done.stdout + done.stderr).includes(TOKEN))
      await ends(1, feature, mounts(WAQI), ['feature-pipeline', ...IN_STATE], {
        env: { ...env, AQI_TOKEN: 'wrong' },
      })
    } finally {
      await waqi.close()
      await openMeteo.close()
    }
  })
}

async function checkInterruption(training: Image, feature: Image): Promise<void> {
  const city = mounts(SIMULATED)
  await ends(0, feature, city, ['batch-feature-pipeline', ...IN_STATE])
  const search = ['hyperparam-optimization-pipeline', ...IN_STATE, '--trials', '10000']
  // dash stays between unless told to `exec`, and as process 1 it takes no SIGTERM; bash takes the last command's place.
  const line = search.join(' ')
  const ways = {
    'a command': search,
    'a command in bash': ['/bin/bash', '-c', line],
    'a command that sh was told to exec': ['/bin/sh', '-c', `exec ${line}`],
  }
  for (const [what, command] of Object.entries(ways)) {
    await check(`SIGTERM ends ${what} in order: 130`, async () => {
      const running = start(training, city, command)
      await new Promise((resolve) => running.child.stderr?.once('data', resolve))
      running.signal('SIGTERM')
      const { code, stdout, stderr } = await running.ended
      equal(code, 130, stdout + stderr)
      match(stdout, /"code":"interrupted"/)
    })
  }
}

async function checkCompileCache(app: App, image: Image): Promise<void> {
  await check(`${app}: Node takes the code that was compiled with the image`, async () => {
    for (const command of commandsOf(app)) {
      const { stderr } = await ends(0, image, mounts(SIMULATED), [command, '--help'], {
        env: { NODE_DEBUG_NATIVE: 'COMPILE_CACHE' },
      })
      ok((stderr.match(/was accepted/g)?.length ?? 0) >= 3, stderr)
      equal(stderr.match(/was rejected/g), null)
    }
  })
}

async function checkMinimal(image: Image): Promise<void> {
  await check('minimal: no shell, and the command runs as the same user all the same', async () => {
    for (const path of ['bin', 'usr/bin', 'usr/local/bin/npm'])
      equal(existsSync(join(image.root, path)), false)
    equal(image.config.User, '1000:1000')
    for (const path of ['app/THIRD-PARTY-LICENSES', 'usr/share/doc/libc6/copyright', 'usr/local/LICENSE'])
      ok(existsSync(join(image.root, path)), `no ${path}`)
    await ends(0, image, mounts(SIMULATED), ['batch_feature_pipeline', ...IN_STATE])
    await ends(2, image, mounts(SIMULATED), ['feature-pipeline', 'config.yaml', '--wrong'])
  })
}

function checkContext({ folder, planted }: Context): void {
  using sent = buildContext(folder)
  deepEqual(
    planted.filter((file) => existsSync(join(sent.root, file))),
    [],
  )
  ok(existsSync(join(sent.root, 'apps/feature-app/package.json')))
}

const size = (bytes: number): string => `${(bytes / MB).toFixed(2)} MB`

seedBase()
sweep()
using context = makeContext()
const { revision } = context
const args = {
  REVISION: revision,
  VERSION: '0.0.0-test',
  CREATED: '2026-01-01T00:00:00Z',
  SOURCE: 'https://example.com/airq',
}
try {
  await check('what is sent to a builder holds no secret that lies about', () => {
    checkContext(context)
  })
  const sizes: string[] = []
  const built = {} as Record<App, Image>
  const base = openBase()
  for (const app of ['feature-app', 'training-app', 'inference-app'] as const) {
    process.stdout.write(`building ${app}\n`)
    const image = build(context.folder, { app, target: 'runtime', args })
    built[app] = image
    const onTop = filesOnTop(image.root, base.root)
    await checkInside(app, image, onTop, args)
    await checkCompileCache(app, image)
    const bytes = onTop.reduce((sum, file) => sum + file.bytes, 0)
    const { layers } = image.packed()
    sizes.push(
      `${app} on top of its base: ${size(bytes)} in ${String(onTop.length)} files, ${size(layers.at(-1) ?? 0)} compressed`,
    )
    await check(`${app}: at most ${size(MOST_ON_TOP)} on top of its base`, () => {
      ok(bytes <= MOST_ON_TOP, size(bytes))
    })
  }
  await checkPipelines(built)
  await checkLive(built['feature-app'])
  await checkInterruption(built['training-app'], built['feature-app'])

  process.stdout.write('building feature-app, minimal\n')
  const minimal = build(context.folder, { app: 'feature-app', target: 'minimal', args })
  await checkMinimal(minimal)
  const { archive } = minimal.packed()
  sizes.push(`feature-app, minimal: ${size(archive)} compressed, all of it`)
  await check(`minimal: at most ${size(MOST_PACKED)} compressed`, () => {
    ok(archive <= MOST_PACKED, size(archive))
  })
  process.stdout.write(`${sizes.join('\n')}\n`)
} finally {
  sweep()
  rmSync(workplace, { recursive: true })
}
process.exitCode = exitCode()
