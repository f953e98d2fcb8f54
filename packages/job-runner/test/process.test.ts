import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { type JobSpec, processRunner, type ProcessRunnerOptions } from '../src/index.ts'
import { runSubmitter } from './support/killed.ts'
import { submitterEnv } from './support/runners.ts'
import { temporary, until } from './support/temporary.ts'

const PATIENCE = { timeoutMs: 25_000 }

function opened(path: string, more: Partial<ProcessRunnerOptions> = {}) {
  return processRunner({ stateDirectory: path, env: submitterEnv, pollMs: 20, graceMs: 5_000, ...more })
}

function script(name: string, text: string, ...args: string[]): JobSpec {
  return { name, app: 'app', command: ['sh', '-c', text, 'job', ...args], limits: { timeoutMs: 60_000 } }
}

test('a submitter that was killed finds its job again, and the job ran once', async () => {
  await using folder = await temporary()
  const stateDirectory = join(folder.path, 'state')
  const text = 'echo ran >>"$1/runs"; while [ ! -e "$1/go" ]; do sleep 0.05; done'
  const orders = { stateDirectory, spec: script('long', text, folder.path) }
  expect(await runSubmitter(orders, {}, 'running')).toEqual(['created true', 'running'])
  await writeFile(join(folder.path, 'go'), '')
  const said = await runSubmitter(orders, {})
  expect(said[0]).toBe('created false')
  expect(said.at(-1)).toBe('succeeded')
  expect(await readFile(join(folder.path, 'runs'), 'utf8')).toBe('ran\n')
})

test('a submitter that was killed before it started anything is made good', async () => {
  await using folder = await temporary()
  const spec = script('half', 'true')
  await opened(folder.path).submit(spec)
  await opened(folder.path).wait(spec, PATIENCE)
  // As a kill between the claim and the start leaves it.
  for (const file of ['pid', 'exit', 'stdout', 'stderr']) await rm(join(folder.path, 'half', file))
  expect((await opened(folder.path).submit(spec)).created).toBe(true)
  expect((await opened(folder.path).wait(spec, PATIENCE)).outcome).toBe('succeeded')
})

test('state and output are for their owner alone, and the output is kept apart', async () => {
  await using folder = await temporary()
  const runner = opened(join(folder.path, 'state'))
  const job = await runner.submit(script('told', 'echo out; echo err >&2'))
  const { output } = await runner.wait(job, PATIENCE)
  expect(await readFile(output!.stdout, 'utf8')).toBe('out\n')
  expect(await readFile(output!.stderr, 'utf8')).toBe('err\n')
  const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)
  expect(await modeOf(join(folder.path, 'state'))).toBe('700')
  expect(await modeOf(join(folder.path, 'state', 'told'))).toBe('700')
  for (const file of await readdir(join(folder.path, 'state', 'told'))) {
    expect([file, await modeOf(join(folder.path, 'state', 'told', file))]).toEqual([file, '600'])
  }
})

test('a job that is asked to end has time to put things in order', async () => {
  await using folder = await temporary()
  const runner = opened(join(folder.path, 'state'))
  const text = `trap 'sleep 0.3; echo tidy >"$1/end"; exit 130' TERM; echo >"$1/up"; while :; do sleep 0.05; done`
  const job = await runner.submit(script('tidy', text, folder.path))
  await until(() => stat(join(folder.path, 'up')))
  await runner.cancel(job)
  expect(await readFile(join(folder.path, 'end'), 'utf8')).toBe('tidy\n')
  expect(await runner.wait(job, PATIENCE)).toMatchObject({ outcome: 'cancelled', exitCode: 130 })
})

test('a job that does not listen is ended after the grace, with all it has started', async () => {
  await using folder = await temporary()
  const runner = opened(join(folder.path, 'state'), { graceMs: 200 })
  const text = `trap '' TERM; (while :; do echo >>"$1/beat"; sleep 0.02; done) & echo >"$1/up"; wait`
  const job = await runner.submit(script('deaf', text, folder.path))
  await until(() => stat(join(folder.path, 'up')))
  await runner.cancel(job)
  expect(await runner.wait(job, PATIENCE)).toMatchObject({ outcome: 'cancelled', exitCode: null })
  const beats = (await stat(join(folder.path, 'beat'))).size
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect((await stat(join(folder.path, 'beat'))).size).toBe(beats)
})

test('a job that was killed from outside has failed', async () => {
  await using folder = await temporary()
  const runner = opened(folder.path)
  const job = await runner.submit(script('killed', 'sleep 60'))
  const [pid = ''] = (await readFile(join(folder.path, 'killed', 'pid'), 'utf8')).split('\n')
  process.kill(-Number(pid), 'SIGKILL')
  expect(await runner.wait(job, PATIENCE)).toMatchObject({ outcome: 'failed', exitCode: null })
})

test('a later process with the number of the job is left alone', async () => {
  await using folder = await temporary()
  const runner = opened(folder.path)
  const spec = script('reused', 'true')
  await runner.wait(await runner.submit(spec), PATIENCE)
  await rm(join(folder.path, 'reused', 'exit'))
  // This very process, with the start of another.
  const stat = (await readFile('/proc/self/stat', 'utf8')).split(' ').with(21, '1').join(' ')
  await writeFile(join(folder.path, 'reused', 'pid'), `${String(process.pid)}\n${stat}`)
  await runner.cancel(spec)
  expect((await runner.attach('reused')).status).toBe('failed')
})

test('missing secrets are named, all at once, and nothing is started', async () => {
  await using folder = await temporary()
  const secrets = { AQI_TOKEN: '@kv:aqi', FS_API_KEY: '@kv:fs', COMET_API_KEY: '@env:MY_COMET' } as const
  await expect(opened(folder.path).submit({ ...script('secrets', 'true'), secrets })).rejects.toMatchObject({
    code: 'no-secret',
    fault: 'input',
    message: 'The job needs FS_API_KEY, MY_COMET in the environment.',
  })
  expect(await readdir(folder.path)).toEqual([])
})

test('where a job cannot be started or kept it is told so', async () => {
  await using folder = await temporary()
  const nowhere = opened(join(folder.path, 'a'), { directory: join(folder.path, 'nowhere') })
  await expect(nowhere.submit(script('x', 'true'))).rejects.toMatchObject({ code: 'cannot-start' })
  await writeFile(join(folder.path, 'file'), '')
  const inFile = opened(join(folder.path, 'file'))
  await expect(inFile.submit(script('x', 'true'))).rejects.toMatchObject({ code: 'state-unusable' })
  await mkdir(join(folder.path, 'b', 'x'), { recursive: true })
  await writeFile(join(folder.path, 'b', 'x', 'job.json'), '{')
  await expect(opened(join(folder.path, 'b')).submit(script('x', 'true'))).rejects.toMatchObject({
    code: 'state-unusable',
  })
})
