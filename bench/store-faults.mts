import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { openSqliteStore } from '@airq/feature-store/sqlite'
import { ROOT } from '../scripts/built-apps.mts'
import { daily, dailyRow } from './store-rows.mts'

// The embedded store under kill -9, a full disk and contention, with the programs its tests start.

const HELP = `Usage: npx --yes pnpm@12.21.0 exec node --conditions=@airq/source bench/store-faults.mts [--kills 200] [--seconds 60]

Kills writers, compactions and migrations at random points, fills a small disk (Linux, where it can
mount one in a namespace), and lets two processes write and three read for a minute.
Exits 1 where the store breaks a promise.
`
const PACKAGE = join(ROOT, 'packages', 'feature-store')
const FIXTURES = join(PACKAGE, 'test', 'fixtures')
const BIN = join(PACKAGE, 'src', 'bin', 'airq-store.ts')
const TYPESCRIPT = '--conditions=@airq/source'
const COMPACT = ['--history-before', '0d', '--json']
const ROWS_A_CALL = 2000
/** The Linux command that runs another with mounts of its own. */
const NAMESPACE = 'unshare'

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    kills: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
  },
})
let state = Number(values.seed)

/** The same delays for the same seed, from 0 to 1. */
function random(): number {
  state = (state * 48_271) % 2_147_483_647
  return state / 2_147_483_647
}

function start(script: string, ...args: string[]): ChildProcess {
  return spawn(process.execPath, [TYPESCRIPT, script, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
}

function rowsOf(path: string, sql: string): Record<string, unknown>[] {
  const db = new DatabaseSync(path)
  try {
    return db
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }))
  } finally {
    db.close()
  }
}

function check(holds: boolean, promise: string): void {
  if (!holds) throw new Error(`broken: ${promise}`)
}

/** Opened as any program opens it, with nothing done to the file before. */
async function requireSound(path: string): Promise<void> {
  const store = await openSqliteStore({ path, clock: Date })
  const { problems } = await store.verify()
  await store.close()
  check(problems.length === 0, `a sound store: ${JSON.stringify(problems)}`)
}

function remove(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '.v1-backup', '.v1-backup.partial']) {
    rmSync(`${path}${suffix}`, { force: true })
  }
}

/** Kills a program so many milliseconds at most after it is under way; false where it had ended by then. */
async function killed(child: ChildProcess, underWay: () => boolean, withinMs: number): Promise<boolean> {
  const exit = once(child, 'exit')
  while (child.exitCode === null && !underWay()) await sleep(1)
  await sleep(random() * withinMs)
  child.kill('SIGKILL')
  const [, signal] = (await exit) as [number | null, NodeJS.Signals | null]
  return signal === 'SIGKILL'
}

async function killWriter(path: string): Promise<boolean> {
  const child = start(join(FIXTURES, 'writer.ts'), path, 'k', '100000', String(ROWS_A_CALL))
  let output = ''
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
  const hit = await killed(child, () => output !== '', 400)
  const acknowledged = [...output.matchAll(/done (\S+)\n/g)].map(([, station]) => station)
  await requireSound(path)
  const counts = new Map(
    rowsOf(path, 'SELECT station, count(*) AS n FROM contract_rows_v1 GROUP BY station').map(
      ({ station, n }) => [station, n],
    ),
  )
  check(
    acknowledged.every((station) => counts.has(station)),
    'what was acknowledged is there',
  )
  check(
    [...counts.values()].every((n) => n === ROWS_A_CALL),
    'an upsert is there as a whole or not at all',
  )
  remove(path)
  return hit
}

/** A store with two revisions of each of 30,000 rows. */
async function changedStore(path: string): Promise<void> {
  const store = await openSqliteStore({ path, clock: Date })
  await store.ensure(daily)
  for (const aqi of [1, 2, 3]) {
    const rows = Array.from({ length: 30_000 }, (_, at) => ({
      ...dailyRow(at % 10, Math.floor(at / 10)),
      aqi,
    }))
    await store.upsert(daily, rows)
  }
  await store.close()
}

async function killCompaction(path: string, base: string): Promise<boolean> {
  copyFileSync(base, path)
  const left = (): number =>
    Number(rowsOf(path, 'SELECT count(*) AS n FROM bench_daily_v1__history')[0]?.['n'])
  const child = start(BIN, 'compact', path, ...COMPACT)
  child.stdout?.resume()
  const hit = await killed(child, () => left() < 60_000, 150)
  await requireSound(path)
  const [now] = rowsOf(path, 'SELECT count(*) AS n, min(aqi) AS low, max(aqi) AS high FROM bench_daily_v1')
  check(now?.['n'] === 30_000 && now['low'] === 3 && now['high'] === 3, 'rows stay as they are')
  check(left() % 5000 === 0, 'a window of a compaction is done or not')
  const again = start(BIN, 'compact', path, ...COMPACT)
  if (again.stdout !== null)
    check((await text(again.stdout)).includes('"ok":true'), 'a compaction is resumed')
  check(left() === 0, 'a resumed compaction ends')
  remove(path)
  return hit
}

/** The golden store of format 1 with 100,000 rows more. */
function oldStore(path: string): void {
  copyFileSync(join(FIXTURES, 'format-1.db'), path)
  rowsOf(
    path,
    `INSERT INTO contract_rows_v1 WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n LIMIT 100000)
     SELECT 'north', i, i, i, NULL, NULL, NULL, NULL, NULL, 1767312000000 FROM n`,
  )
}

async function killMigration(path: string, base: string): Promise<boolean> {
  copyFileSync(base, path)
  const child = start(BIN, 'compact', path, ...COMPACT)
  child.stdout?.resume()
  const backup = `${path}.v1-backup`
  const hit = await killed(child, () => existsSync(`${backup}.partial`) || existsSync(backup), 150)
  const format = rowsOf(path, 'PRAGMA user_version')[0]?.['user_version']
  check(format === 1 || format === 2, 'the file is of either format')
  await requireSound(path)
  for (const file of [path, backup]) {
    const [count] = rowsOf(file, 'SELECT count(*) AS n FROM contract_rows_v1')
    check(count?.['n'] === 100_005, `every row is in ${file}`)
  }
  remove(path)
  return hit
}

async function killAll(folder: string): Promise<void> {
  const path = join(folder, 'killed.db')
  const changed = join(folder, 'changed.db')
  const old = join(folder, 'old.db')
  await changedStore(changed)
  oldStore(old)
  const all = Number(values.kills)
  const kinds = [
    { name: 'writes', rounds: all / 2, kill: () => killWriter(path) },
    { name: 'compaction', rounds: all / 4, kill: () => killCompaction(path, changed) },
    { name: 'migration', rounds: all / 4, kill: () => killMigration(path, old) },
  ]
  for (const { name, rounds, kill } of kinds) {
    let hits = 0
    let tries = 0
    // One that ended before it was killed does not count.
    while (hits < rounds && tries < rounds * 5) {
      tries += 1
      if (await kill()) hits += 1
    }
    console.log(`${name}: killed ${String(hits)} times, the store was sound each time`)
  }
}

function fillDisk(folder: string): void {
  const program = 'mount -t tmpfs -o size=3m tmpfs "$1" && exec "$2" "$3" "$4" "$1"'
  const args = ['-m', '-r', 'sh', '-c', program, 'sh', folder, process.execPath, TYPESCRIPT]
  const { status, stdout, error } = spawnSync(NAMESPACE, [...args, join(FIXTURES, 'full-disk.ts')], {
    encoding: 'utf8',
  })
  if (status !== 0) {
    console.log(`full disk: skipped, no disk of 3 MiB can be mounted here (${error?.message ?? NAMESPACE})`)
    return
  }
  for (const [step, outcome] of Object.entries(JSON.parse(stdout) as Record<string, unknown>)) {
    console.log(`full disk, ${step}: ${JSON.stringify(outcome)}`)
  }
}

async function contend(folder: string): Promise<void> {
  const path = join(folder, 'shared.db')
  const roles = ['write', 'write', 'read', 'read', 'read']
  const children = roles.map((role, index) =>
    start(join(FIXTURES, 'contender.ts'), path, role, `${role}-${String(index)}`),
  )
  const outputs = children.map(({ stdout }) => (stdout === null ? Promise.resolve('') : text(stdout)))
  const exits = children.map((child) => once(child, 'exit'))
  await sleep(Number(values.seconds) * 1000)
  for (const { stdin } of children) stdin?.end()
  for (const exit of await Promise.all(exits)) check(exit[0] === 0, 'no call fails, torn read or lock')
  const calls = (await Promise.all(outputs)).map((output) => Number(output.split('\n').at(-2)))
  const [kept] = rowsOf(path, `SELECT count(*) AS n FROM contract_rows_v1__history WHERE station = 'shared'`)
  const [first = 0, second = 0, ...reads] = calls
  check(Number(kept?.['n']) + 1 === first + second, 'no update is lost')
  await requireSound(path)
  console.log(
    `contention: ${values.seconds} s, ${String(first)} and ${String(second)} upserts, ${reads.join(', ')} reads; no update lost, no read torn, no lock told`,
  )
}

if (values.help) process.stdout.write(HELP)
else {
  const folder = mkdtempSync(join(tmpdir(), 'airq-bench-'))
  try {
    await killAll(folder)
    fillDisk(folder)
    await contend(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
