import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Evaluated } from '@airq/model'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSearchState, type SearchQuestion } from '../src/search-state.ts'

const QUESTION: SearchQuestion = {
  station: 'north',
  decision: 'end-of-day',
  rowsSha256: 'a'.repeat(64),
  seed: 1,
  tool: '0.0.0',
}
const evaluated = (block: number): Evaluated => ({
  recipe: { id: 'ridge', params: { penalties: [10], clip: 0.01 } },
  block,
  errors: { rows: 90, absolute: 812.25 + block, persistence: 900 },
})

let dir: string
let path: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airq-search-'))
  path = join(dir, 'hyperparameter-search', 'north-end-of-day.jsonl')
})
afterEach(() => rm(dir, { recursive: true, force: true }))

async function write(...blocks: number[]): Promise<void> {
  await using state = await openSearchState(dir, QUESTION, true)
  for (const block of blocks) await state.add(evaluated(block))
}

async function resumed(question = QUESTION) {
  await using state = await openSearchState(dir, question, true)
  return { known: state.known, restarted: state.restarted }
}

test('what was added is there for the next run, bit by bit', async () => {
  await write(7, 5)
  await write(2)
  expect(await resumed()).toEqual({ known: [7, 5, 2].map(evaluated), restarted: false })
})

test('a line that a killed run has written in part is left out, and what comes after it is whole', async () => {
  await write(7, 5)
  await appendFile(path, '{"recipe":{"id":"ridge","par')
  await write(2)
  expect((await resumed()).known).toEqual([7, 5, 2].map(evaluated))
})

test('without resume the search begins anew', async () => {
  await write(7)
  await using state = await openSearchState(dir, QUESTION, false)
  expect(state).toMatchObject({ known: [], restarted: false })
  expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(2)
})

test.each([{ rowsSha256: 'b'.repeat(64) }, { seed: 2 }, { tool: '9.9.9' }])(
  'evaluations of another question (%o) are not taken over, and it is said',
  async (other) => {
    await write(7)
    expect(await resumed({ ...QUESTION, ...other })).toEqual({ known: [], restarted: true })
  },
)

test('a file that is none of ours is put aside, not read', async () => {
  await write(7)
  await writeFile(path, '\u0000 not JSON\n{}\n[]\n')
  expect(await resumed()).toEqual({ known: [], restarted: true })
})

test('stations and decisions have files of their own, for their owner alone', async () => {
  await write(7)
  expect((await resumed({ ...QUESTION, station: 'south' })).known).toEqual([])
  expect((await resumed()).known).toHaveLength(1)
  expect((await stat(path)).mode & 0o077).toBe(0)
})

test('a state directory that is a file is told with its place', async () => {
  await writeFile(join(dir, 'file'), '')
  await expect(openSearchState(join(dir, 'file'), QUESTION, false)).rejects.toMatchObject({
    code: 'state-unwritable',
    fault: 'input',
    where: expect.stringContaining('north-end-of-day.jsonl') as string,
  })
})
