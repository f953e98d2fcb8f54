import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { CONFIG_VARIABLE, configVariable, sha256Of } from '@airq/pipeline/jobs'
import { describe, expect, test } from 'vitest'
import { userErrorOf } from './support/config-problems.ts'
import { runProbe, workDirectory } from './support/run-probe.ts'

const TEXT = 'stations: [{ id: other, name: Ö, timeZone: Asia/Tokyo, source: { kind: aqicn-csv } }]\n'

async function stationsWith(value: string, keepFile = true) {
  const cwd = workDirectory()
  if (!keepFile) rmSync(join(cwd, 'config.yaml'))
  const run = await runProbe('options', ['config.yaml', '--json'], { cwd, env: { [CONFIG_VARIABLE]: value } })
  const summary = JSON.parse(run.stdout) as { stations?: string[]; error?: { code: string; where: string } }
  return { ...run, ...summary }
}

describe('the configuration of a job', () => {
  test.each<[string, string, boolean]>([
    ['gzipped, without a file', configVariable(TEXT), false],
    ['gzipped, before the file', configVariable(TEXT), true],
    ['as it is, in base64', Buffer.from(TEXT).toString('base64'), false],
  ])('is that of the variable: %s', async (_, value, keepFile) => {
    const { code, stations, stderr } = await stationsWith(value, keepFile)
    expect([code, stations]).toEqual([0, ['other']])
    expect(stderr).toContain(sha256Of(TEXT))
  })

  test('an empty variable is none', async () => {
    expect((await stationsWith('')).stations).toEqual(['beijing'])
  })

  test.each([
    ['no base64', '{}!'],
    ['damaged', configVariable(TEXT).slice(0, -12)],
    ['too much once it is unpacked', configVariable('#'.repeat(1_100_000))],
  ])('%s is refused', async (_, value) => {
    const { code, error } = await stationsWith(value)
    expect([code, error?.code, error?.where]).toEqual([2, 'bad-config', CONFIG_VARIABLE])
  })
})

test('the same configuration gives the same value; a large one is refused with its size', () => {
  expect(configVariable(TEXT)).toBe(configVariable(TEXT))
  const hard = Array.from({ length: 20_000 }, (_, i) => sha256Of(String(i))).join('')
  const error = userErrorOf(() => configVariable(hard))
  expect([error.code, error.message]).toEqual([
    'config-too-large',
    expect.stringContaining('60000 are taken'),
  ])
})
