import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { startFakeOpenMeteo } from '@airq/aqi-client/testing'
import { expect, test } from 'vitest'
import { ROOT } from '../scripts/built-apps.mts'
import { validate, workplace } from './support/bins.ts'
import { docsBlocks, skeletonOf } from './support/docs-blocks.ts'
import { history } from './support/histories.ts'

function demo(...args: string[]) {
  return spawnSync(process.execPath, [join(ROOT, 'scripts', 'demo.mts'), ...args], { encoding: 'utf8' })
}

test('without a file: a simulated city, every line marked', () => {
  const { status, stdout } = demo()
  expect(status).toBe(0)
  const lines = stdout.split('\n').filter((line) => line !== '')
  expect(lines.slice(2).filter((line) => !line.startsWith('[simulated] '))).toEqual([])
  expect(stdout).toContain('say nothing about real skill')
  const promised = docsBlocks().find(({ code }) => code.startsWith('airq demo on'))
  expect(lines.map(skeletonOf)).toEqual(promised?.code.split('\n').filter(Boolean).map(skeletonOf))
  const page = /^\[simulated\] The page: open (.*)$/m.exec(stdout)?.[1] ?? ''
  expect(readFileSync(join(process.cwd(), page), 'utf8')).toContain('Simulated City')
})

test('a sorted file goes on with the presumption and a warning; its summary keeps its schema', async () => {
  await using place = await workplace()
  const [header = '', ...rows] = history().split('\n')
  const key = (row: string) => Date.parse(`${(row.split(',')[0] ?? '').replaceAll('/', '-')} UTC`)
  const sorted = [header, ...rows.toSorted((a, b) => key(a) - key(b))].join('\n')
  const { status, stdout } = demo('--csv', await place.file('beijing.csv', sorted), '--json')
  expect(status).toBe(0)
  const summary = JSON.parse(stdout)
  validate('demo', summary)
  expect(summary.warnings).toMatchObject([{ code: 'download-zone-presumed' }])
  expect(summary.forecast).toMatchObject({ day: '2024-07-01', lead: 1, simulated: false })
})

test('bad input is told as the command tells it', async () => {
  await using place = await workplace()
  const { status, stdout } = demo('--csv', await place.file('beijing.csv', '<html></html>'))
  expect(status).toBe(2)
  expect(stdout).toMatch(/^error: .* \([a-z-]+\)\n {2}in .*beijing\.csv.*\n {2}\S/m)
})

test('--live: the hours of a model, no account, and its sources named', async () => {
  await using openMeteo = await startFakeOpenMeteo({ seed: 2, clock: { now: () => Date.now() } })
  const child = spawn(process.execPath, [join(ROOT, 'scripts', 'demo.mts'), '--live'], {
    env: { ...process.env, OPEN_METEO_BASE_URL: openMeteo.baseUrl },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [stdout, [status]] = await Promise.all([text(child.stdout), once(child, 'close')])
  expect(status).toBe(0)
  expect(stdout).toContain('Forecast for ')
  expect(stdout).toContain('Copernicus Atmosphere Monitoring Service')
})
