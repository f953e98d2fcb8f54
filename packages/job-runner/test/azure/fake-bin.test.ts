import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { expect, test } from 'vitest'

import { runSubmitter } from '../support/killed.ts'
import { temporary } from '../support/temporary.ts'

const BIN = fileURLToPath(new URL('../../src/testing/bin/airq-fake-azure.ts', import.meta.url))

test('from the command line it says where it is, runs jobs, and runs until it is told to stop', async () => {
  await using folder = await temporary()
  const caFile = join(folder.path, 'ca.pem')
  const args = ['--execute', '--vault', 'aqi=invented', '--ca-file', caFile, '--fail', 'PUT:jobs/:503']
  const child = spawn(process.execPath, ['--conditions=@airq/source', BIN, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    const { baseUrl, env } = JSON.parse(line.toString()) as { baseUrl: string; env: Record<string, string> }
    const spec = {
      ...{ name: 'job', app: 'app', limits: { timeoutMs: 20_000 } },
      command: ['sh', '-c', 'echo "$GREETING" >"$0"', join(folder.path, 'out')],
      image: `a/b@sha256:${'b'.repeat(64)}`,
      environment: { GREETING: 'good day' },
    }
    const orders = { spec, endpoint: baseUrl, ca: await readFile(caFile, 'utf8') }
    expect((await runSubmitter(orders, env)).at(-1)).toBe('succeeded')
    expect(await readFile(join(folder.path, 'out'), 'utf8')).toBe('good day\n')
  } finally {
    child.kill('SIGTERM')
  }
  expect(await once(child, 'exit')).toEqual([0, null])
})

test.each([
  ['--port', 'x'],
  ['--vault', 'name'],
  ['--outcome', 'Often'],
  ['--fail', 'PUT:jobs/:often'],
])('from the command line, %s %s is refused with exit code 2', async (...args) => {
  const child = spawn(process.execPath, ['--conditions=@airq/source', BIN, ...args], { stdio: 'ignore' })
  expect(await once(child, 'exit')).toEqual([2, null])
})
