import { spawn } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { addDays, localDay, localDayAt } from '@airq/aqi-client'
import { exportHistoricalCsv, simulateWorld } from '@airq/aqi-client/simulator'
import { startFakeOpenMeteo, startFakeWaqi } from '@airq/aqi-client/testing'
import { defineGroup } from '@airq/feature-store'
import { openSqliteStore } from '@airq/feature-store/sqlite'
import { ROOT } from '../../scripts/built-apps.mts'
import { type Finished, outputOf, runCommand } from './command.ts'
import { makeShims } from './docs-shell.ts'
import { QUICK, startFake } from './fakes.ts'

const ZONE = 'Asia/Shanghai'
const DAY_MS = 86_400_000
/** Before it lies nothing that the docs replay. */
const FIRST_DAY = localDay('2023-01-01')
const SECONDS = 60

/** Where the commands of one page of the docs run, one after the other. */
export interface Session extends AsyncDisposable {
  readonly dir: string
  /** All that was printed so far. */
  readonly printed: string
  run(line: string): Promise<Finished>
  /** Starts what runs until it is stopped, and waits for its first line. */
  start(line: string): Promise<string>
  export(line: string): void
}

export interface World extends AsyncDisposable {
  /** A copy of the prepared folder. */
  session(): Promise<Session>
}

/**
 * A folder as of a user who has been at it for some weeks: a download of an invented Beijing, three versions of a
 * model, pulls, forecasts, a feed that was kept; WAQI, Open-Meteo, Hopsworks and Comet are fakes on loopback.
 */
export async function prepareWorld(): Promise<World> {
  const fakes = new AsyncDisposableStack()
  try {
    return await openWorld(fakes)
  } catch (error) {
    // A fake that goes on would keep the tests from ending.
    await fakes.disposeAsync()
    throw error
  }
}

async function openWorld(fakes: AsyncDisposableStack): Promise<World> {
  const dir = await mkdtemp(join(tmpdir(), 'airq-docs-'))
  fakes.defer(() => rm(dir, { recursive: true, force: true }))
  const waqi = fakes.use(await startFakeWaqi({ token: 'fake-token', seed: 3 }))
  const openMeteo = fakes.use(await startFakeOpenMeteo({ seed: 3, clock: Date }))
  const hopsworks = fakes.use(await startFake('hopsworks', QUICK))
  const comet = fakes.use(await startFake('comet'))
  const shims = join(dir, 'shims')
  await makeShims(shims)
  const env = {
    PATH: `${shims}:${process.env['PATH'] ?? ''}`,
    HOME: dir,
    ...{ GITHUB_REPOSITORY: '', GITHUB_OUTPUT: '', GITHUB_STEP_SUMMARY: '' },
    ...{ AQI_TOKEN: 'fake-token', WAQI_BASE_URL: waqi.baseUrl, OPEN_METEO_BASE_URL: openMeteo.baseUrl },
    ...{ HOPSWORKS_BASE_URL: hopsworks.baseUrl, HOPSWORKS_API_KEY: 'fakePrefix.fakeSecret' },
    ...{ COMET_URL_OVERRIDE: comet.baseUrl, COMET_API_KEY: 'fake-comet-key' },
  }
  const base = join(dir, 'base')
  await prepareFolder(base)
  await prepareState(base, env)
  let count = 0
  return {
    session: async () => {
      const place = join(dir, String(++count))
      await cp(base, place, { recursive: true })
      return openSession(place, env)
    },
    [Symbol.asyncDispose]: () => fakes.disposeAsync(),
  }
}

async function prepareFolder(base: string): Promise<void> {
  for (const folder of ['path/to', 'scripts', 'kept']) await mkdir(join(base, folder), { recursive: true })
  const config = await readFile(join(ROOT, 'config.yaml'), 'utf8')
  const quick = config
    .replace(/^ {2}candidates: .*$/m, '  candidates: [ridge]')
    .replace(/^ {2}testDays: .*$/m, '  testDays: 60')
    .replace(/refitTolerance: [\d.]+/, 'refitTolerance: 1')
  for (const name of ['config.yaml', 'my.yaml']) await writeFile(join(base, name), quick)
  await cp(join(ROOT, 'scripts', 'demo-config.yaml'), join(base, 'scripts', 'demo-config.yaml'))
  const lastDay = localDayAt(Date.now(), ZONE)
  const air = simulateWorld({ seed: 11, timeZone: ZONE, firstDay: FIRST_DAY, lastDay })
  const csv = exportHistoricalCsv(air, { downloadZone: 'west' })
  for (const folder of ['', 'path/to']) await writeFile(join(base, folder, 'beijing-air-quality.csv'), csv)
  await writeFile(join(base, 'fs-api-key.txt'), 'fakePrefix.fakeSecret\n')
  await openFeatures(join(base, '.airq', 'features.db'))
}

/** The store of the README of feature-store. */
async function openFeatures(path: string): Promise<void> {
  const store = await openSqliteStore({ path, clock: Date })
  const text = { type: 'string', description: 'Of the example.' } as const
  const instant = { type: 'bigint', description: 'Epoch ms.' } as const
  const daily = defineGroup({
    ...{ name: 'city_daily', version: 1, description: 'One AQI a station and day.' },
    ...{ primaryKey: ['station', 'day'], eventTime: 'day_start' },
    columns: { station: text, day: text, day_start: instant, known_at: instant },
  })
  const readings = defineGroup({
    ...{ name: 'aqi_readings', version: 1, description: 'One reading an hour.' },
    ...{ primaryKey: ['station', 'hour'], eventTime: 'observed_ms' },
    columns: { station: text, hour: text, observed_ms: instant, known_at: instant },
  })
  const at = Date.now() - 3 * DAY_MS
  await store.ensure(daily)
  await store.ensure(readings)
  const day = String(addDays(localDayAt(at, ZONE), 0))
  await store.upsert(daily, [{ station: 'beijing', day, day_start: at, known_at: at }])
  await store.upsert(readings, [{ station: 'beijing', hour: `${day}T08`, observed_ms: at, known_at: at }])
  await store.close()
}

async function prepareState(base: string, env: Readonly<Record<string, string>>): Promise<void> {
  await using session = openSession(base, env)
  const pnpm = 'npx --yes pnpm@12.21.0'
  const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString()
  for (const line of [
    `${pnpm} batch-feature-pipeline config.yaml --csv beijing-air-quality.csv`,
    `${pnpm} training-pipeline config.yaml --now ${daysAgo(100)}`,
    `${pnpm} training-pipeline config.yaml --now ${daysAgo(50)}`,
    `${pnpm} training-pipeline config.yaml`,
    `${pnpm} feature-pipeline config.yaml`,
    `${pnpm} inference-pipeline config.yaml`,
    `${pnpm} report config.yaml --out kept`,
  ]) {
    const { code, stdout, stderr } = await session.run(line)
    if (code !== 0 && code !== 3) throw new Error(`${line} ended with ${String(code)}\n${stdout}${stderr}`)
  }
}

function openSession(dir: string, given: Readonly<Record<string, string>>): Session {
  const env = { ...given }
  const running: ReturnType<typeof spawn>[] = []
  let printed = ''
  return {
    dir,
    get printed() {
      return printed
    },
    run: async (line) => {
      const done = await runCommand('timeout', [String(SECONDS), 'bash', '-c', line], { cwd: dir, env })
      printed += done.stdout + done.stderr
      return done
    },
    start: async (line) => {
      const child = spawn('bash', ['-c', `exec ${line}`], {
        cwd: dir,
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      running.push(child)
      for await (const said of createInterface({ input: child.stdout })) {
        printed += `${said}\n`
        return said
      }
      throw new Error(`ended without a word: ${line}`)
    },
    export: (line) => {
      // A value with an ellipsis is for the reader to fill in; here it is known.
      for (const [, name = '', value = ''] of line.matchAll(/\b([A-Z_]+)=(\S+)/g)) {
        if (!value.includes('…')) env[name] = value
      }
    },
    [Symbol.asyncDispose]: async () => {
      for (const child of running) child.kill('SIGTERM')
      await Promise.resolve()
    },
  }
}

/** So that TypeScript in the folder finds the packages. */
export async function linkPackages({ dir }: Session): Promise<void> {
  await mkdir(join(dir, 'node_modules'), { recursive: true })
  await symlink(join(ROOT, 'node_modules', '@airq'), join(dir, 'node_modules', '@airq'), 'junction')
  await writeFile(join(dir, 'package.json'), '{ "type": "module" }')
}

/** The folder as a clone of a repository of its own, with nothing in its state. */
export async function makeRepository({ dir }: Session): Promise<void> {
  const git = (...args: string[]) =>
    outputOf('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], { cwd: dir })
  await rm(join(dir, '.airq'), { recursive: true })
  await git('init', '--quiet', '--bare', join(dir, 'remote.git'))
  await git('init', '--quiet', '--initial-branch=main')
  await git('remote', 'add', 'origin', join(dir, 'remote.git'))
  await git('add', 'config.yaml')
  await git('commit', '--quiet', '-m', 'config')
}
