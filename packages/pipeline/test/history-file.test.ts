import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readHistoryFile } from '@airq/pipeline/input'
import { workDirectory } from './support/run-probe.ts'

const { signal } = new AbortController()

test('the rows of a history', async () => {
  const file = join(workDirectory(), 'beijing.csv')
  writeFileSync(file, 'date, pm25, pm10\n2026/1/2,80,40\n2026/1/1,70, \n')
  const { rows } = await readHistoryFile(file, signal)
  expect(rows.map(({ label, values }) => ({ label, values }))).toEqual([
    { label: '2026-01-01', values: { pm25: 70 } },
    { label: '2026-01-02', values: { pm25: 80, pm10: 40 } },
  ])
})

test.each([
  ['missing.csv', 'no-such-file'],
  ['directory', 'not-a-file'],
  ['config.yaml/below-a-file.csv', 'unreadable-file'],
  ['header-only.csv', 'no-rows'],
])('%s is refused: %s', async (name, code) => {
  const directory = workDirectory()
  mkdirSync(join(directory, 'directory'))
  writeFileSync(join(directory, 'header-only.csv'), 'date, pm25\n')
  const file = join(directory, name)
  await expect(readHistoryFile(file, signal)).rejects.toMatchObject({ code, fault: 'input', where: file })
})
