import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { Run, Summary } from './support/bins.ts'
import { azureWorld } from './support/azure-world.ts'

const CITIES = ['north', 'east', 'south']
  .map(
    (id, i) =>
      `  - { id: ${id}, name: ${id}, timeZone: Europe/Vienna, source: { kind: simulator, seed: ${String(i + 5)}, years: 1 } }\n`,
  )
  .join('')

test('parts of the stations are jobs of their own on Azure; again, only what failed is run', async () => {
  await using there = await azureWorld()
  await there.deploy()
  const config = readFileSync(there.place.config, 'utf8')
  await writeFile(there.place.config, config.replace(/stations:\n.*\n/, `stations:\n${CITIES}`))
  const puts = () =>
    there.azure.requests
      .filter(({ method, path }) => method === 'PUT' && path.includes('/jobs/'))
      .map(({ path, body }) => [
        path.split('/').at(-1),
        /--shard \d\/\d/.exec((JSON.parse(body) as Summary)['properties'].command)?.[0],
      ])
  const jobsOf = ({ summary }: Run) =>
    (summary['jobs'] as Summary[]).map(({ job, reused, summary: told }) => [
      job,
      reused,
      (told?.['stations'] as Summary[] | undefined)?.map(({ station }) => station as string),
    ])
  const args = ['--shards', '3', '--job-name', 'pull']

  there.azure.fail({
    on: ['PUT', 'pull-2of3-1'],
    effect: { status: 409, code: 'Quota', message: 'No room.' },
  })
  const first = await there.submit('run-feature-pipeline', ...args)
  expect([first.code, first.summary['error'].code]).toEqual([1, 'job-failed'])
  expect(first.summary['error'].message).toContain('pull-2of3-1')
  expect(puts().toSorted()).toEqual([
    ['pull-1of3-1', '--shard 1/3'],
    ['pull-2of3-1', '--shard 2/3'],
    ['pull-3of3-1', '--shard 3/3'],
  ])

  const before = puts().length
  const again = await there.submit('run-feature-pipeline', ...args)
  expect([again.code, again.summary['error']]).toEqual([0, undefined])
  expect(puts().slice(before)).toEqual([['pull-2of3-1', '--shard 2/3']])
  expect(jobsOf(again).map(([job, reused]) => [job, reused])).toEqual([
    ['pull-1of3-1', true],
    ['pull-2of3-1', false],
    ['pull-3of3-1', true],
  ])

  // Every station was pulled, each by one of the parts: a pull of all finds nothing new.
  const whole = await there.here('feature-pipeline')
  expect([whole.code, whole.summary['written']]).toEqual([0, 0])
  expect(whole.summary['stations']).toHaveLength(3)
}, 240_000)
