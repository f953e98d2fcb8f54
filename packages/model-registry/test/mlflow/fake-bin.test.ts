import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import { expect, test, vi } from 'vitest'

vi.setConfig({ testTimeout: 30_000 })

test('from the command line it says where it is and runs until it is told to stop', async () => {
  const bin = fileURLToPath(new URL('../../src/testing/bin/airq-fake-mlflow.ts', import.meta.url))
  const child = spawn(
    process.execPath,
    ['--conditions=@airq/source', bin, '--token', 'invented', '--fail', 'GET:/version:503'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  try {
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    const { baseUrl } = JSON.parse(line.toString()) as { baseUrl: string }
    const health = (headers: Record<string, string>) => fetch(`${baseUrl}/health`, { headers })
    expect((await health({})).status).toBe(401)
    const headers = { authorization: 'Bearer invented' }
    expect(await (await health(headers)).text()).toBe('OK')
    const version = async () => (await fetch(`${baseUrl}/version`, { headers })).status
    expect([await version(), await version()]).toEqual([503, 200])
  } finally {
    child.kill('SIGTERM')
  }
  expect(await once(child, 'exit')).toEqual([0, null])
})

test.each([
  ['--port', 'x'],
  ['--user', 'ann'],
  ['--fail', 'GET:/version:often'],
])('from the command line, %s %s is refused with exit code 2', async (...args) => {
  const bin = fileURLToPath(new URL('../../src/testing/bin/airq-fake-mlflow.ts', import.meta.url))
  const child = spawn(process.execPath, ['--conditions=@airq/source', bin, ...args], { stdio: 'ignore' })
  expect(await once(child, 'exit')).toEqual([2, null])
})
