import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { dockerRunner, type DockerRunnerOptions, type JobSpec } from '../src/index.ts'
import { dockerCalls, submitterEnv, withStandIn } from './support/runners.ts'
import { temporary, until } from './support/temporary.ts'

/** With a stand-in for the command `docker`: there is no engine in these tests. */

const PATIENCE = { timeoutMs: 25_000 }
const image = `registry.example/app@sha256:${'d'.repeat(64)}`
const spec: JobSpec = {
  name: 'job-1',
  app: 'app',
  image,
  command: ['sh', '-c', 'echo "$A"'],
  environment: { A: 'b c' },
  secrets: { AQI_TOKEN: '@kv:aqi-token' },
  limits: { timeoutMs: 60_000 },
}

async function opened(path: string, more: Partial<DockerRunnerOptions> = {}) {
  const env = await withStandIn(path)
  return dockerRunner({ stateDirectory: join(path, 'state'), env, pollMs: 20, ...more })
}

test('docker is given the job as arguments, and secrets by name', async () => {
  await using folder = await temporary()
  const runner = await opened(folder.path, { runArguments: ['--volume', 'airq:/state'] })
  const result = await runner.wait(await runner.submit(spec), PATIENCE)
  expect(await readFile(result.output!.stdout, 'utf8')).toBe('b c\n')
  const run = (await dockerCalls(folder.path)).find(([command]) => command === 'run')
  expect(run).toEqual([
    ...['run', '--rm', '--init', '--name', 'job-1', '--label', 'airq.app=app'],
    ...['--label', expect.stringMatching(/^airq\.spec=[0-9a-f]{64}$/)],
    ...['--env', 'A=b c', '--env', 'AQI_TOKEN', '--volume', 'airq:/state'],
    ...['--entrypoint', '/bin/sh', image, '-c', `exec sh -c 'echo "$A"'`],
  ])
})

test('a container is found by its name where the state of the job is lost', async () => {
  await using folder = await temporary()
  const runner = await opened(folder.path)
  const text = `while [ ! -e '${folder.path}/go' ]; do sleep 0.05; done; exit 5`
  const long = { ...spec, command: ['sh', '-c', text] }
  await runner.submit(long)
  await until(() => stat(join(folder.path, 'docker', 'containers', 'job-1', 'container.json')))
  const other = dockerRunner({
    stateDirectory: join(folder.path, 'elsewhere'),
    env: { ...submitterEnv, PATH: `${join(folder.path, 'bin')}:${submitterEnv.PATH ?? ''}` },
    pollMs: 20,
  })
  expect(await other.submit(long)).toMatchObject({ created: false, status: 'running' })
  await expect(other.submit({ ...long, command: ['true'] })).rejects.toMatchObject({ code: 'job-conflict' })
  await until(async () => (await dockerCalls(folder.path)).some(([command]) => command === 'wait'))
  await writeFile(join(folder.path, 'go'), '')
  expect(await other.wait(long, PATIENCE)).toMatchObject({ outcome: 'failed', exitCode: 5 })
  const runs = (await dockerCalls(folder.path)).filter(([command]) => command === 'run')
  expect(runs).toHaveLength(1)
})

test('where docker is not there it is told so, and the name stays free', async () => {
  await using folder = await temporary()
  const settings = { stateDirectory: join(folder.path, 'state'), pollMs: 20 }
  const without = dockerRunner({ ...settings, env: submitterEnv, docker: 'no-such-docker' })
  await expect(without.submit(spec)).rejects.toMatchObject({
    code: 'cannot-start',
    message: "docker can't be used: the command is not there",
  })
  const runner = await opened(folder.path)
  expect((await runner.submit(spec)).created).toBe(true)
  await runner.wait(spec, PATIENCE)
  await rm(join(folder.path, 'bin'), { recursive: true })
})

test('a job without an image is no job for docker', async () => {
  await using folder = await temporary()
  const { image: _none, ...rest } = spec
  await expect((await opened(folder.path)).submit(rest)).rejects.toMatchObject({
    code: 'bad-spec',
    where: 'image',
  })
})
