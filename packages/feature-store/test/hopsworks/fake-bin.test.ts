import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

import { expect, test } from 'vitest'

import { openHopsworksStore } from '../../src/hopsworks/index.ts'
import { daily } from './groups.ts'

const BIN = join(import.meta.dirname, '../../src/testing/bin/airq-fake-hopsworks.ts')

function run(...args: string[]) {
  return spawn(process.execPath, ['--conditions=@airq/source', BIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

test('airq-fake-hopsworks says where it is, serves, and ends at a signal with 0', async () => {
  const child = run(
    '--project',
    'demo',
    '--api-key',
    'a.b',
    '--version',
    '5.1.0',
    '--start-ms',
    '0',
    '--run-ms',
    '0',
  )
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string]
  const { baseUrl, onlinePort, project, apiKey } = JSON.parse(line) as {
    baseUrl: string
    onlinePort: number
    project: string
    apiKey: string
  }
  expect({ project, apiKey }).toEqual({ project: 'demo', apiKey: 'a.b' })
  const store = await openHopsworksStore({ baseUrl, onlinePort, project, apiKey })
  await store.ensure(daily)
  await store.close()
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
})

test.each([
  [['--port', 'many'], /--port takes a whole number/],
  [['--tls-key', 'key.pem'], /--tls-key and --tls-cert go together/],
  [['--surprise'], /surprise/],
])('airq-fake-hopsworks %j ends with 2 and says why', async (args, why) => {
  const child = run(...args)
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  expect(code).toBe(2)
  expect(said).toMatch(why)
})
