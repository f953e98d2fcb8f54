import assert from 'node:assert/strict'

import { runShards } from '../../shards.ts'
import type { JobSpec } from '../../types.ts'
import {
  failure,
  MARKED_SECRET,
  PATIENCE,
  type RunnerTest,
  scriptJob,
  untilWritten,
  written,
} from './harness.ts'

const COUNT = 'echo ran >>"$1/runs"'

/** Of one name there is one job; what is wrong is refused before anything starts. */
export const careCases: Readonly<Record<string, RunnerTest>> = {
  'a job submitted again is found, not started again': async ({ runner, directory, reopen }) => {
    const spec = scriptJob(directory, 'once', COUNT)
    assert.equal((await runner.submit(spec)).created, true)
    assert.equal((await runner.submit(spec)).created, false)
    await runner.wait(spec, PATIENCE)
    const again = await reopen().submit({ ...spec, tags: { try: '2' } })
    assert.equal(again.created, false)
    assert.equal(again.status, 'succeeded')
    assert.equal(await written(directory, 'runs'), 'ran\n')
  },

  'a job submitted by several at once is started once': async ({ runner, directory, reopen }) => {
    const spec = scriptJob(directory, 'together', COUNT)
    const jobs = await Promise.all([runner, reopen(), reopen(), reopen()].map((one) => one.submit(spec)))
    assert.ok(jobs.filter(({ created }) => created).length <= 1)
    assert.equal((await runner.wait(spec, PATIENCE)).outcome, 'succeeded')
    assert.equal(await written(directory, 'runs'), 'ran\n')
  },

  'another job of the same name is refused': async ({ runner, directory }) => {
    const spec = scriptJob(directory, 'taken', COUNT)
    await runner.submit(spec)
    await failure('job-conflict', runner.submit(scriptJob(directory, 'taken', 'echo other')))
    await failure('job-conflict', runner.submit({ ...spec, environment: { A: 'b' } }))
    await runner.wait(spec, PATIENCE)
  },

  'a failed job stays failed': async ({ runner, directory }) => {
    const spec = scriptJob(directory, 'failed', `${COUNT}; exit 1`)
    await runner.wait(await runner.submit(spec), PATIENCE)
    const again = await runner.submit(spec)
    assert.deepEqual([again.created, again.status], [false, 'failed'])
    assert.equal(await written(directory, 'runs'), 'ran\n')
  },

  'another process finds a job that runs, and sees its end': async (opened) => {
    const { runner, directory, reopen } = opened
    const script = 'echo up >"$1/up"; while [ ! -e "$1/go" ]; do sleep 0.05; done; exit 4'
    await runner.submit(scriptJob(directory, 'found', script))
    await untilWritten(opened, 'found', 'up')
    const other = reopen()
    const job = await other.attach('found')
    assert.deepEqual([job.created, job.status], [false, 'running'])
    await runner.wait(await runner.submit(scriptJob(directory, 'starter', 'echo >"$1/go"')), PATIENCE)
    assert.equal((await other.wait(job, PATIENCE)).outcome, 'failed')
  },

  'a job that is not there is told so': async ({ runner }) => {
    await failure('job-not-found', runner.attach('nobody'))
    await failure('job-not-found', runner.wait({ name: 'nobody' }, PATIENCE))
    await failure('job-not-found', runner.cancel({ name: 'nobody' }))
  },

  'what is wrong with a job is told before anything is started': async ({ runner, directory, exposed }) => {
    const spec = scriptJob(directory, 'right', COUNT)
    const { value, variable } = MARKED_SECRET
    const wrong: Partial<Record<keyof JobSpec, unknown>>[] = [
      { name: 'two words' },
      { name: '../up' },
      { command: [] },
      { command: ['echo', 'a\0b'] },
      { command: ['echo', '${{inputs.x}}'] },
      { command: ['feature-pipeline', '--aqi-token', value] },
      { command: ['feature-pipeline', `--aqi-token=${value}`] },
      { environment: { [variable]: value } },
      { secrets: { [variable]: value } },
      { limits: { timeoutMs: 0 } },
      { experiment: 'two words' },
    ]
    for (const part of wrong) {
      const error = await failure('bad-spec', runner.submit({ ...spec, ...part } as JobSpec))
      assert.equal(error.fault, 'input')
      assert.ok(!JSON.stringify([error.message, error.hint, error.where]).includes(value))
    }
    assert.equal(await written(directory, 'runs'), undefined)
    assert.ok(!(await exposed()).includes(value))
  },

  'a call that is aborted before starts nothing': async ({ runner, directory }) => {
    const spec = scriptJob(directory, 'early', COUNT)
    await failure('aborted', runner.submit(spec, { signal: AbortSignal.abort() }))
    await failure('job-not-found', runner.attach('early'))
  },

  'shards are all run, and run again only where they failed': async ({ runner, directory }) => {
    const script = 'echo "$2 $3" >>"$1/shards"; case $3 in 2/3) [ -e "$1/mended" ];; esac'
    const spec = scriptJob(directory, 'fan', script)
    const first = await runShards(runner, spec, 3, PATIENCE)
    assert.deepEqual(
      first.shards.map(({ shard, result }) => [shard, result?.outcome]),
      [
        ['1/3', 'succeeded'],
        ['2/3', 'failed'],
        ['3/3', 'succeeded'],
      ],
    )
    assert.equal(first.ok, false)
    await runner.wait(await runner.submit(scriptJob(directory, 'mend', 'echo >"$1/mended"')), PATIENCE)
    const second = await runShards(runner, spec, 3, { ...PATIENCE, atOnce: 1 })
    assert.deepEqual(
      second.shards.map(({ reused }) => reused),
      [true, false, true],
    )
    assert.equal(second.ok, true)
    const ran = (await written(directory, 'shards'))?.trim().split('\n').sort()
    assert.deepEqual(ran, ['--shard 1/3', '--shard 2/3', '--shard 2/3', '--shard 3/3'])
  },
}
