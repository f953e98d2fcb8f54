import assert from 'node:assert/strict'

import type { JobState } from '../../types.ts'
import {
  failure,
  MARKED_SECRET,
  PATIENCE,
  type RunnerTest,
  scriptJob,
  untilWritten,
  written,
} from './harness.ts'

/** A job runs, with what it was given, and is told of. */
export const runCases: Readonly<Record<string, RunnerTest>> = {
  'a job that succeeds is run and told of': async ({ runner, directory }) => {
    const job = await runner.submit(scriptJob(directory, 'good', 'echo done >"$1/out"'))
    assert.equal(job.name, 'good')
    assert.equal(job.runner, runner.kind)
    assert.equal(job.created, true)
    const seen: JobState[] = []
    const result = await runner.wait(job, { ...PATIENCE, onStatus: (state) => seen.push(state) })
    assert.equal(result.outcome, 'succeeded')
    assert.equal(result.exitCode, runner.capabilities.exitCodes ? 0 : null)
    assert.equal(await written(directory, 'out'), 'done\n')
    assert.equal(seen.at(-1)?.status, 'succeeded')
    const told = seen.map(({ status, detail }) => `${status} ${detail}`)
    assert.equal(told.length, new Set(told).size, 'a change is told once')
  },

  'a job that fails has failed, with its exit code where that is known': async ({ runner, directory }) => {
    const job = await runner.submit(scriptJob(directory, 'bad', 'exit 7'))
    const result = await runner.wait(job, PATIENCE)
    assert.equal(result.outcome, 'failed')
    assert.equal(result.exitCode, runner.capabilities.exitCodes ? 7 : null)
  },

  'arguments arrive as they were given': async ({ runner, directory }) => {
    const odd = [
      '',
      ' ',
      "it's",
      '"',
      '$HOME',
      '`id`',
      '\\',
      'a\nb',
      '*',
      '~',
      'ü→',
      '-n',
      '#',
      '!',
      '&& exit 9',
    ]
    const spec = scriptJob(directory, 'arguments', 'out=$1; shift; printf "%s\\0" "$@" >"$out/args"')
    const job = await runner.submit({ ...spec, command: [...spec.command, ...odd] })
    assert.equal((await runner.wait(job, PATIENCE)).outcome, 'succeeded')
    assert.deepEqual((await written(directory, 'args'))?.split('\0').slice(0, -1), odd)
  },

  'variables arrive, and nothing else of the submitter’s environment': async ({ runner, directory }) => {
    const spec = scriptJob(directory, 'variables', 'printf "%s|%s" "$GREETING" "$AQI_TOKEN" >"$1/out"', {
      environment: { GREETING: 'good day\n"you"' },
    })
    assert.equal((await runner.wait(await runner.submit(spec), PATIENCE)).outcome, 'succeeded')
    assert.equal(await written(directory, 'out'), 'good day\n"you"|')
  },

  'a secret arrives by reference, and stands nowhere others could read it': async ({
    runner,
    directory,
    exposed,
  }) => {
    const { variable, vaultName, value } = MARKED_SECRET
    const spec = scriptJob(directory, 'secret', `printf %s "$${variable}" | wc -c >"$1/out"`, {
      secrets: { [variable]: `@kv:${vaultName}` },
    })
    assert.equal((await runner.wait(await runner.submit(spec), PATIENCE)).outcome, 'succeeded')
    assert.equal((await written(directory, 'out'))?.trim(), String(value.length))
    const text = await exposed()
    assert.ok(text.includes('secret'), 'the job itself is seen')
    assert.ok(!text.includes(value), 'the secret is not')
  },

  'a job that takes longer than it may is stopped, and has failed': async (opened) => {
    const { runner, directory } = opened
    const spec = scriptJob(directory, 'slow', 'echo >"$1/began"; sleep 60', { limits: { timeoutMs: 1_000 } })
    const job = await runner.submit(spec)
    assert.equal((await runner.wait(job, PATIENCE)).outcome, 'failed')
  },

  'a job that is cancelled ends': async (opened) => {
    const { runner, directory } = opened
    const job = await runner.submit(
      scriptJob(directory, 'cancelled', 'echo up >"$1/up"; sleep 60; echo late >"$1/late"'),
    )
    await untilWritten(opened, job.name, 'up')
    await runner.cancel(job)
    assert.equal((await runner.wait(job, PATIENCE)).outcome, 'cancelled')
    await runner.cancel(job)
    assert.equal((await runner.attach(job.name)).status, 'cancelled')
    assert.equal(await written(directory, 'late'), undefined)
  },

  'to cancel what has ended changes nothing': async ({ runner, directory }) => {
    const job = await runner.submit(scriptJob(directory, 'ended', 'true'))
    await runner.wait(job, PATIENCE)
    await runner.cancel(job)
    assert.equal((await runner.attach('ended')).status, 'succeeded')
  },

  'an interrupted wait cancels the job': async (opened) => {
    const { runner, directory } = opened
    const job = await runner.submit(scriptJob(directory, 'interrupted', 'echo up >"$1/up"; sleep 60'))
    await untilWritten(opened, job.name, 'up')
    const interrupt = new AbortController()
    const wait = runner.wait(job, {
      ...PATIENCE,
      signal: interrupt.signal,
      onStatus: () => {
        interrupt.abort()
      },
    })
    await failure('aborted', wait)
    assert.equal((await runner.wait(job, PATIENCE)).outcome, 'cancelled')
  },

  'an interrupted wait leaves the job alone where it is told to': async (opened) => {
    const { runner, directory } = opened
    const script = 'echo up >"$1/up"; while [ ! -e "$1/go" ]; do sleep 0.05; done'
    const job = await runner.submit(scriptJob(directory, 'left', script))
    await untilWritten(opened, job.name, 'up')
    const signal = AbortSignal.abort()
    await failure('aborted', runner.wait(job, { ...PATIENCE, signal, onAbort: 'leave' }))
    const other = await runner.submit(scriptJob(directory, 'starter', 'echo >"$1/go"'))
    await runner.wait(other, PATIENCE)
    assert.equal((await runner.wait(job, PATIENCE)).outcome, 'succeeded')
  },

  'a wait that is over leaves the job running, and can be taken up again': async (opened) => {
    const { runner, directory } = opened
    const script = 'echo up >"$1/up"; while [ ! -e "$1/go" ]; do sleep 0.05; done'
    const job = await runner.submit(scriptJob(directory, 'long', script))
    await untilWritten(opened, job.name, 'up')
    const error = await failure('wait-timeout', runner.wait(job, { timeoutMs: 1 }))
    assert.equal(error.retryable, true)
    await runner.wait(await runner.submit(scriptJob(directory, 'starter', 'echo >"$1/go"')), PATIENCE)
    assert.equal((await runner.wait(job, PATIENCE)).outcome, 'succeeded')
  },
}
