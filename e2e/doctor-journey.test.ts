import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { startFakeOpenMeteo, startFakeWaqi } from '@airq/aqi-client/testing'
import { startFakeHopsworks } from '@airq/feature-store/testing'
import { expect, test } from 'vitest'
import { run, type Run, type Workplace, workplace } from './support/bins.ts'
import { runCommand } from './support/command.ts'
import { history } from './support/histories.ts'
import { commandsIn } from './support/processes.ts'

type Next =
  | { readonly kind: 'run'; readonly command: string }
  | { readonly kind: 'write'; readonly file: string; readonly line: number | null; readonly text: string }
  | { readonly kind: 'do'; readonly text: string }

/** A user who does what is said, word for word, and fills in what only a user can know. */
class User {
  readonly env: Record<string, string>
  readonly done: string[] = []
  readonly runs: Run[] = []
  readonly #place: Workplace
  readonly #knows: readonly (readonly [RegExp, string])[]
  #commands = ''

  constructor(place: Workplace, env: Readonly<Record<string, string>>, knows: [RegExp, string][]) {
    this.#place = place
    this.env = { ...env }
    this.#knows = knows
  }

  async examine(): Promise<Run> {
    const { config, state } = this.#place
    const done = await run('airq-doctor', [config, '--state', state, '--json'], this.env)
    this.runs.push(done)
    return done
  }

  /** Until there is nothing left to do. */
  async followUntilGreen(): Promise<Run> {
    for (let step = 0; step < 15; step += 1) {
      const done = await this.examine()
      const next = done.summary['next'] as Next | null
      if (next === null) return done
      await this.follow(next)
    }
    throw new Error(`still not done after:\n${this.done.join('\n')}`)
  }

  async follow(next: Next): Promise<void> {
    this.done.push(next.kind === 'run' ? next.command : next.text)
    if (next.kind === 'do') throw new Error(`nothing that one can do word for word: ${next.text}`)
    if (next.kind === 'write') {
      const lines = readOr(next.file).split('\n')
      if (next.line === null) writeFileSync(next.file, `${readOr(next.file)}${this.#filled(next.text)}\n`)
      else writeFileSync(next.file, lines.with(next.line - 1, this.#filled(next.text)).join('\n'))
      return
    }
    const [, name, value] = /^export (\w+)=(.*)$/.exec(next.command) ?? []
    if (name !== undefined) this.env[name] = this.#filled(value ?? '')
    else await this.#shell(this.#filled(next.command))
  }

  #filled(text: string): string {
    return text.replaceAll(/<[^>]+>/g, (what) => {
      const known = this.#knows.find(([about]) => about.test(what))
      if (known === undefined) throw new Error(`who knows ${what}?`)
      return known[1]
    })
  }

  async #shell(command: string): Promise<void> {
    this.#commands ||= await commandsIn(join(this.#place.dir, 'bin'))
    const env = { ...this.env, PATH: `${this.#commands}:${process.env['PATH'] ?? ''}` }
    const { code, stderr } = await runCommand('sh', ['-c', command], { cwd: this.#place.dir, env })
    // A forecast by a plain rule is done, but degraded.
    if (code !== 0 && code !== 3) throw new Error(`${command} ended with ${String(code)}: ${stderr}`)
  }
}

function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** Every name below a folder, with its time, mode and content. */
function snapshot(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const path = join(folder, name)
      const { mtimeMs, mode, size } = lstatSync(path)
      const content = lstatSync(path).isFile()
        ? createHash('sha256').update(readFileSync(path)).digest('hex')
        : ''
      return [name, mtimeMs, mode, size, content].join(' ')
    })
}

const checkOf = ({ summary }: Run, wanted: string) =>
  summary['checks'].find(({ id }: { id: string }) => id === wanted)

const yesterday = () => new Date(Date.now() - 86_400_000 + 8 * 3_600_000).toISOString().slice(0, 10)

test('a new user with five wrong settings is led to green, and then to a first forecast', async () => {
  const token = 'markedTokenOfTheNewUser'
  await using waqi = await startFakeWaqi({ token, seed: 3 })
  await using openMeteo = await startFakeOpenMeteo({ seed: 3, clock: { now: () => Date.now() } })
  // A key misspelt, a zone an hour off, a station of another city, a token cut by a line break, a file for a folder.
  await using place = await workplace(`stations:
  - id: beijing
    name: Beijing
    timezone: Asia/Tokyo # of the station
    location: { latitude: 39.95, longitude: 116.47 }
    source: { kind: waqi, feed: '@1437' }
training: { candidates: [ridge], testDays: 60 }
`)
  const csv = await place.file('download.csv', history('west', 3, yesterday()))
  await place.file('state', 'not a folder')
  const user = new User(
    place,
    {
      WAQI_BASE_URL: waqi.baseUrl,
      OPEN_METEO_BASE_URL: openMeteo.baseUrl,
      AQI_TOKEN: `${token.slice(0, 10)}\n${token.slice(10)}`,
    },
    [
      [/token of api\.waqi\.info/, token],
      [/download from aqicn/, csv],
    ],
  )

  const first = await user.examine()
  expect(first.code).toBe(2)
  expect(
    first.summary['checks'].filter(({ status }: { status: string }) => status === 'failed'),
  ).toMatchObject([
    { id: 'config', where: `${place.config}:4:5`, next: { kind: 'write', line: 4 } },
    { id: 'state' },
  ])
  const last = await user.followUntilGreen()
  expect(user.done).toEqual([
    '    timeZone: Asia/Tokyo # of the station',
    expect.stringMatching(/^export AQI_TOKEN=<the token of api.waqi.info/),
    "    source: { kind: waqi, feed: '@1451' }",
    '    timeZone: Asia/Shanghai # of the station',
    `mv ${place.state} ${place.state}.moved-away`,
    `feature-pipeline ${place.config} --state ${place.state}`,
    `batch-feature-pipeline ${place.config} --csv <download from aqicn.org/historical> --state ${place.state}`,
    `training-pipeline ${place.config} --state ${place.state}`,
    `inference-pipeline ${place.config} --allow-fallback --state ${place.state}`,
  ])
  expect([last.code, last.summary['ok']]).toEqual([0, true])
  const bad = last.summary['checks'].filter(({ status }: { status: string }) => status !== 'ok')
  expect(bad).toEqual([])

  const before = snapshot(place.dir)
  expect(before.some((line) => line.startsWith('state/feature-store.sqlite '))).toBe(true)
  await user.examine()
  expect(snapshot(place.dir)).toEqual(before)

  const model = before.find((line) => /model-registry\/.*\/model\.json /.test(line))?.split(' ')[0] ?? ''
  const bytes = readFileSync(join(place.dir, model))
  writeFileSync(join(place.dir, model), bytes.subarray(0, -10))
  expect(checkOf(await user.examine(), 'models')).toMatchObject({
    status: 'failed',
    next: { kind: 'run', command: expect.stringMatching(/^training-pipeline /) },
  })
  for (const { stdout, stderr } of user.runs) expect(stdout + stderr).not.toContain(token)
}, 180_000)

const SIMULATED =
  'stations: [{ id: beijing, name: Beijing, timeZone: Asia/Shanghai, source: { kind: simulator, seed: 1, years: 1 } }]\n'

/** The store of a place with its days. @returns its file */
async function imported(place: Workplace): Promise<string> {
  const args = [place.config, '--state', place.state, '--json']
  expect((await run('batch-feature-pipeline', args)).code).toBe(0)
  return join(place.state, 'feature-store.sqlite')
}

test('a store that somebody writes to is read, with nothing left beside it; so is one left by a killed run', async () => {
  await using place = await workplace(SIMULATED)
  const file = await imported(place)
  const user = new User(place, {}, [])
  const writer = new DatabaseSync(file)
  writer.exec(
    'CREATE TABLE scratch (n INTEGER); PRAGMA wal_autocheckpoint = 0; INSERT INTO scratch VALUES (1)',
  )
  const names = readdirSync(place.state)
  expect(names).toContain('feature-store.sqlite-wal')
  expect(checkOf(await user.examine(), 'store')).toMatchObject({ status: 'ok' })
  expect(readdirSync(place.state)).toEqual(names)

  const copies = [file, `${file}-wal`].map((path) => [path, readFileSync(path)] as const)
  writer.close()
  for (const [path, bytes] of copies) writeFileSync(path, bytes)
  const before = snapshot(place.dir)
  expect(checkOf(await user.examine(), 'store')).toMatchObject({
    status: 'warning',
    next: { kind: 'run', command: expect.stringMatching(/^inference-pipeline /) },
  })
  expect(snapshot(place.dir)).toEqual(before)
})

test('a damaged store, and a lease of a run that is gone', async () => {
  await using place = await workplace(SIMULATED)
  const file = await imported(place)
  const user = new User(place, {}, [])
  const db = new DatabaseSync(file)
  const until = Date.now() + 1_800_000
  db.prepare('INSERT INTO leases (name, until, ttl, fence) VALUES (?, ?, 3600000, 1)').run(
    'feature beijing',
    until,
  )
  db.close()
  await mkdir(join(place.state, 'leases'), { recursive: true })
  const note = { runId: 'a-run', host: hostname(), pid: 4_000_000, since: new Date().toISOString() }
  await place.file('state/leases/feature beijing.json', JSON.stringify(note))
  expect(checkOf(await user.examine(), 'leases')).toMatchObject({
    status: 'warning',
    message: expect.stringMatching(/feature beijing is held by run a-run .*which is gone/),
    next: { kind: 'do', text: expect.stringContaining(new Date(until).toISOString().slice(11, 16)) },
  })

  const bytes = readFileSync(file)
  bytes.fill(0x5a, 8192, 16_384)
  writeFileSync(file, bytes)
  const damaged = await user.examine()
  expect(damaged.code).toBe(1)
  expect(checkOf(damaged, 'store')).toMatchObject({
    status: 'failed',
    next: { kind: 'run', command: `airq-store verify ${file}` },
  })
  expect(checkOf(damaged, 'leases')).toMatchObject({ status: 'skipped', message: 'needs store' })
})

test('a wrong key of Hopsworks in the .env, and no project: the lines to write', async () => {
  const apiKey = 'markedPrefix.markedSecretOfTheUser'
  await using hopsworks = await startFakeHopsworks({ apiKey })
  await using place = await workplace(
    'stations: [{ id: beijing, name: Beijing, timeZone: Asia/Shanghai, source: { kind: aqicn-csv } }]\n' +
      'featureStore: { kind: hopsworks }\n',
  )
  const dotEnv = await place.file('.env', '# mine\nFS_API_KEY=wrongPrefix.wrongSecret\n')
  await mkdir(place.state, { mode: 0o700 })
  const user = new User(place, { HOPSWORKS_BASE_URL: hopsworks.baseUrl }, [
    [/API key of Hopsworks/, apiKey],
    [/name of the Hopsworks project/, hopsworks.project],
  ])
  const steps: Next[] = []
  for (let step = 0; step < 5; step += 1) {
    const { code, summary } = await user.examine()
    if (code === 0) break
    steps.push(summary['next'] as Next)
    await user.follow(summary['next'] as Next)
  }
  expect(steps).toMatchObject([
    { kind: 'run', command: 'export FS_PROJECT_NAME=<name of the Hopsworks project>' },
    { kind: 'write', file: dotEnv, line: 2, text: expect.stringMatching(/^FS_API_KEY=</) },
  ])
  expect((await user.examine()).code).toBe(0)
  for (const { stdout, stderr } of user.runs) expect(stdout + stderr).not.toMatch(/markedSecret|wrongSecret/)
})
