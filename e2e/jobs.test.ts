import { readdirSync, readFileSync } from 'node:fs'
import { chmod, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Bin } from '../scripts/built-apps.mts'
import { run, type Run, start, type Summary, type Workplace, workplace } from './support/bins.ts'
import { DOCKER_SHIM } from './support/docker-shim.ts'
import { commandsIn } from './support/processes.ts'
import { rowsOf } from './support/store.ts'

const station = (id: string, seed: number) =>
  `  - { id: ${id}, name: ${id}, timeZone: Europe/Vienna, source: { kind: simulator, seed: ${String(seed)}, years: 1 } }\n`
const CONFIG = `
stations:
${station('north', 5)}${station('east', 6)}${station('south', 7)}
weather: { kind: none }
training: { candidates: [ridge], testDays: 60 }
`
const BEIJING = `
stations: [{ id: beijing, name: Beijing, timeZone: Asia/Shanghai, source: { kind: aqicn-csv } }]
`
const NOW = '2024-07-01T20:30:00+02:00'
const LATER = '2024-07-01T21:30:00+02:00'
const TABLES = ['aqi_daily_v1', 'aqi_readings_v1', 'aqi_stations_v1']

const jobsOf = ({ summary }: Run) => summary['jobs'] as Summary[]
const sorted = (state: string, table: string) =>
  rowsOf(state, table)
    .map((row) => JSON.stringify(row))
    .toSorted()

/** Any command of ours on the state of the place, or on another beside it. */
function at(place: Workplace, state = 'state', now = NOW) {
  const path = join(place.dir, state)
  return {
    path,
    go: (bin: Bin, ...more: string[]) =>
      run(bin, [place.config, '--state', path, '--now', now, '--json', ...more]),
  }
}

describe('one job', () => {
  test('does what its pipeline does, and brings back how it went', async () => {
    await using place = await workplace(CONFIG)
    const [submitted, direct] = [at(place), at(place, 'direct')]
    const first = await submitted.go('run-feature-pipeline')
    expect([first.code, first.summary['error']]).toEqual([0, undefined])
    const [job] = jobsOf(first)
    expect(job).toMatchObject({ outcome: 'succeeded', degraded: false, reused: false })
    expect(job?.['job']).toMatch(/^feature-pipeline-\d{8}T\d{4}Z-[0-9a-f]{7}-1$/)
    // A year of days is too long for a record; an hour is not.
    expect(job?.['summary']).toMatchObject({ pipeline: 'feature', ok: true, truncated: true })
    const next = await at(place, 'state', LATER).go('run-feature-pipeline', '--job-name', 'next')
    expect(jobsOf(next)[0]).toMatchObject({ job: 'next-1', summary: { pipeline: 'feature' } })
    expect(jobsOf(next)[0]?.['summary'].stations).toHaveLength(3)

    await direct.go('feature-pipeline')
    await at(place, 'direct', LATER).go('feature-pipeline')
    for (const table of TABLES) expect(sorted(submitted.path, table)).toEqual(sorted(direct.path, table))
    const log = readFileSync(join(place.state, 'jobs', String(job?.['job']), 'stderr'), 'utf8')
    expect(log).toContain(`AIRQ_CONFIG_BASE64 sha256=${String(first.summary['config'])}`)
  })

  test('of one name is run once, and again only after it has failed', async () => {
    await using place = await workplace(CONFIG)
    const { go } = at(place)
    const named = ['--job-name', 'forecast']
    const failed = await go('run-inference-pipeline', ...named)
    expect([failed.code, failed.summary['error'].code]).toEqual([1, 'job-failed'])
    expect(failed.summary['error'].message).toContain(
      'job forecast-1 failed: north: there is no day to forecast from',
    )
    await go('feature-pipeline')
    await go('training-pipeline')
    const done = await go('run-inference-pipeline', ...named)
    expect([done.code, jobsOf(done)]).toMatchObject([0, [{ job: 'forecast-2', reused: false }]])
    expect(jobsOf(done)[0]?.['summary'].forecasts).toHaveLength(3)
    const found = await go('run-inference-pipeline', ...named)
    expect([found.code, jobsOf(found)]).toMatchObject([0, [{ job: 'forecast-2', reused: true }]])
  }, 120_000)

  test('that is degraded ends with 3 here, and with 0 where it runs', async () => {
    await using place = await workplace(CONFIG)
    const { go } = at(place)
    await go('feature-pipeline')
    const { code, summary } = await go('run-inference-pipeline', '--allow-fallback', '--station', 'east')
    expect([code, summary['degraded'], summary['jobs'].length]).toEqual([3, true, 1])
    expect(summary['jobs'][0]).toMatchObject({ outcome: 'succeeded', summary: { degraded: true } })
    expect(summary['warnings'].length).toBeGreaterThan(0)
  })

  test('--no-wait leaves it to itself; the configuration it was given is the one it runs', async () => {
    await using place = await workplace(CONFIG)
    const { go } = at(place)
    const left = await go('run-feature-pipeline', '--no-wait', '--job-name', 'left')
    expect([left.code, jobsOf(left)]).toMatchObject([0, [{ job: 'left-1', outcome: 'submitted' }]])
    const before = readFileSync(place.config, 'utf8')
    await writeFile(place.config, before.replace(station('east', 6), ''))
    const other = await go('run-feature-pipeline', '--job-name', 'left')
    expect([other.code, other.summary['error'].code]).toEqual([2, 'job-conflict'])
    await writeFile(place.config, before)
    const joined = await go('run-feature-pipeline', '--job-name', 'left')
    expect([joined.code, jobsOf(joined)[0]?.['job']]).toEqual([0, 'left-1'])
    const stations = rowsOf(place.state, 'aqi_stations_v1').map(({ station: id }) => id)
    expect(stations.toSorted()).toEqual(['east', 'north', 'south'])
  })

  test('what was held back is listed by a job too', async () => {
    await using place = await workplace(CONFIG)
    const { go } = at(place)
    await go('feature-pipeline')
    const listed = await go('run-feature-pipeline', '--quarantine', 'list')
    expect([listed.code, jobsOf(listed)[0]?.['summary']]).toMatchObject([0, { quarantine: [] }])
  })

  test('a history of this machine is imported by a job of this machine', async () => {
    await using place = await workplace()
    const { go } = at(place)
    const file = await place.file('beijing.csv', 'date, pm25\n2024/6/1, 80\n2024/6/2, 90\n2024/6/3, 70\n')
    const { code, summary } = await go(
      'run-batch-feature-pipeline',
      ...['--csv', file, '--as', 'beijing', '--download-zone', 'west'],
    )
    expect([code, summary['jobs'][0].summary.stations[0].station]).toEqual([0, 'beijing'])
  })

  test('ends when its submitter is interrupted', async () => {
    await using place = await workplace(CONFIG)
    const { go, path } = at(place)
    await go('feature-pipeline')
    const search = ['--trials', '10000', '--models', 'boosting', '--job-name', 'search', '--json']
    const { child, done } = start('run-hyperparam-optimization-pipeline', [
      ...[place.config, '--state', path, '--now', NOW],
      ...search,
    ])
    child.stderr?.on('data', (text: string) => {
      if (text.includes('job search-1: process')) child.kill('SIGINT')
    })
    const { code, summary, stderr } = await done
    expect([code, summary['error'].code]).toEqual([130, 'interrupted'])
    expect(stderr).toMatch(/search-1.*cancel/i)
    expect(readdirSync(join(path, 'jobs', 'search-1'))).toContain('cancelled')
  })

  test('--dry-run shows it and starts nothing', async () => {
    await using place = await workplace(CONFIG)
    const { summary } = await at(place).go('run-training-pipeline', '--dry-run', '--station', 'east')
    expect(summary['dryRun'].job).toMatchObject({
      app: 'training-app',
      command: expect.arrayContaining(['training-pipeline', '--station', 'east', '--degraded-exit', '0']),
      variables: { AIRQ_CONFIG_BASE64: expect.any(String), AIRQ_JOB_NAME: expect.stringMatching(/-1$/) },
    })
    expect(readdirSync(join(place.state, 'jobs'))).toEqual(['.bin'])
  })
})

test('jobs in containers: the image of the app, the state mounted, and how it went', async () => {
  await using place = await workplace(`${CONFIG}jobs: { kind: docker, image: 'r.example/{app}:1' }\n`)
  const bin = await commandsIn(join(place.dir, 'bin'))
  const script = await place.file('docker-shim.mjs', DOCKER_SHIM)
  const shim = `#!/bin/sh\nexec '${process.execPath}' '${script}' '${bin}' "$@"\n`
  await chmod(await place.file('docker', shim), 0o755)
  const args = [place.config, '--state', place.state, '--now', NOW, '--json']
  const env = { PATH: `${place.dir}:${process.env['PATH'] ?? ''}` }
  const done = await run('run-feature-pipeline', args, env)
  expect([done.code, done.summary['error']]).toEqual([0, undefined])
  expect(jobsOf(done)).toMatchObject([{ outcome: 'succeeded', summary: { pipeline: 'feature', ok: true } }])
  expect(rowsOf(place.state, 'aqi_stations_v1')).toHaveLength(3)
  const shown = await run('run-training-pipeline', [...args, '--dry-run'], env)
  expect(shown.summary['dryRun'].job).toMatchObject({
    image: 'r.example/training-app:1',
    command: expect.arrayContaining(['training-pipeline', 'config.yaml', '--state', '/state']),
  })
})

test('a history of this machine is mounted into the container that imports it', async () => {
  await using place = await workplace(`${BEIJING}jobs: { kind: docker, image: 'r.example/{app}:1' }\n`)
  const bin = await commandsIn(join(place.dir, 'bin'))
  const script = await place.file('docker-shim.mjs', DOCKER_SHIM)
  const shim = `#!/bin/sh\nexec '${process.execPath}' '${script}' '${bin}' "$@"\n`
  await chmod(await place.file('docker', shim), 0o755)
  const env = { PATH: `${place.dir}:${process.env['PATH'] ?? ''}` }
  const file = await place.file('beijing.csv', 'date, pm25\n2024/6/1, 80\n2024/6/2, 90\n2024/6/3, 70\n')
  const args = [place.config, '--state', place.state, '--json', '--csv', file, '--download-zone', 'west']
  const done = await run('run-batch-feature-pipeline', args, env)
  expect([done.code, done.summary['error']]).toEqual([0, undefined])
  expect(jobsOf(done)[0]?.['summary'].stations).toMatchObject([{ station: 'beijing', rowsRead: 3 }])
  const shown = await run('run-batch-feature-pipeline', [...args, '--dry-run'], env)
  expect(shown.summary['dryRun'].job.command.join(' ')).toMatch(/--csv \/input\/[0-9a-f]{12}\/beijing\.csv /)
  const missing = await run('run-batch-feature-pipeline', [...args, '--csv', 'none.csv'], env)
  expect([missing.code, missing.summary['error'].code]).toEqual([2, 'unreadable-file'])
})

describe('shards', () => {
  test('write the rows of one process, and again only what failed is run', async () => {
    await using place = await workplace(CONFIG)
    const [parted, whole] = [at(place, 'parted'), at(place, 'whole')]
    const args = ['--shards', '3', '--job-name', 'pull']
    const done = await parted.go('run-feature-pipeline', ...args)
    expect([done.code, jobsOf(done).map(({ job, shard }) => [job, shard])]).toEqual([
      0,
      [
        ['pull-1of3-1', '1/3'],
        ['pull-2of3-1', '2/3'],
        ['pull-3of3-1', '3/3'],
      ],
    ])
    await whole.go('feature-pipeline')
    for (const table of TABLES) expect(sorted(parted.path, table)).toEqual(sorted(whole.path, table))

    // As if the second had failed: its end is written beside its output.
    await writeFile(join(parted.path, 'jobs', 'pull-2of3-1', 'exit'), '1\n')
    const again = await parted.go('run-feature-pipeline', ...args)
    expect([again.code, jobsOf(again).map(({ job, reused }) => [job, reused])]).toEqual([
      0,
      [
        ['pull-1of3-1', true],
        ['pull-2of3-2', false],
        ['pull-3of3-1', true],
      ],
    ])
  }, 120_000)
})

describe('run-all', () => {
  test('pulls, trains when it is due, forecasts; stops after a failed one', async () => {
    await using place = await workplace(CONFIG)
    const { go, path } = at(place)
    const pipelines = ({ summary }: Run) => summary['jobs'].map((job: Summary) => job['summary'].pipeline)
    const first = await go('run-all')
    expect([first.code, pipelines(first)]).toEqual([0, ['feature', 'training', 'inference']])
    const second = await go('run-all', '--job-name', 'second')
    expect([second.code, pipelines(second)]).toEqual([0, ['feature', 'inference']])
    const checked = await go('run-all', '--check')
    expect([checked.code, checked.summary['checks'].map(({ ok }: Summary) => ok)]).toEqual([
      0,
      [true, true, true, true, true],
    ])
    const forced = await go('run-all', '--job-name', 'third', '--train', 'always')
    expect([forced.code, pipelines(forced)]).toEqual([0, ['feature', 'training', 'inference']])
    await rm(join(path, 'model-registry'), { recursive: true })
    const broken = await go('run-all', '--job-name', 'fourth', '--train', 'never')
    expect([broken.code, broken.summary['error'].code]).toEqual([1, 'job-failed'])
    expect(broken.summary['error'].details.jobs.map(({ outcome }: Summary) => outcome)).toEqual([
      'succeeded',
      'failed',
    ])
    const degraded = await go('run-all', '--job-name', 'fifth', '--train', 'never', '--allow-fallback')
    expect([degraded.code, degraded.summary['degraded']]).toEqual([3, true])
  }, 180_000)
})
