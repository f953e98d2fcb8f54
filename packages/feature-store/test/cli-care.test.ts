import { readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { readAll } from '../src/testing/harness.ts'
import { changedGroup, ledgerGroup, sampleGroup, sampleRow } from '../src/testing/sample-groups.ts'
import { airqStore } from './support/command.ts'
import { sql, temporaryStore, type TemporaryStore } from './support/stores.ts'

async function filledStore(): Promise<TemporaryStore> {
  const opened = await temporaryStore()
  await opened.store.ensure(sampleGroup)
  await opened.store.ensure(ledgerGroup)
  await opened.store.upsert(
    sampleGroup,
    [1, 2, 3].map((slot) => sampleRow(slot)),
  )
  opened.clock.move(60_000)
  await opened.store.upsert(sampleGroup, [sampleRow(1, { value: -1 })])
  return opened
}

describe('airq-store describe', () => {
  test('names groups, rows and what they span', async () => {
    const { path } = await filledStore()
    const { code, stdout, stderr } = await airqStore(['describe', path])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.split('\n')).toEqual([
      'contract_ledger v1: 0 rows',
      '  Rows of the contract suite.',
      'contract_rows v1: 3 rows, 1970-01-01T01:00:00.000Z to 1970-01-01T03:00:00.000Z',
      '  Rows of the contract suite.',
      '',
    ])
    expect((await airqStore(['describe', path, '--json'])).json()).toMatchObject({
      command: 'describe',
      ok: true,
      store: path,
      groups: [
        { name: 'contract_ledger', appendOnly: true, rows: 0, firstEvent: null, historyFrom: null },
        { name: 'contract_rows', version: 1, primaryKey: ['station', 'slot'], rows: 3 },
      ],
    })
  })

  test('of what is no store says so in one line of JSON and on stderr', async () => {
    const { path } = await temporaryStore()
    const other = join(dirname(path), 'nothing.db')
    const { code, stderr, json } = await airqStore(['describe', other, '--json'])
    expect(code).toBe(2)
    expect(stderr).toMatch(
      /^airq-store: There is no feature store at .*nothing\.db\. \(not-a-store\)\n {2}in .*nothing\.db\n {2}Run a pipeline/,
    )
    expect(json()).toMatchObject({
      command: 'describe',
      ok: false,
      error: { code: 'not-a-store', where: other },
    })
    expect(await readdir(dirname(path))).not.toContain('nothing.db')
  })
})

describe('airq-store verify', () => {
  test('passes a sound store', async () => {
    const { path } = await filledStore()
    const { code, stdout } = await airqStore(['verify', path])
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'contract_ledger v1: 0 rows, 0 revisions\ncontract_rows v1: 3 rows, 1 revisions\n',
    })
  })

  test('names what is spoiled and exits 1', async () => {
    const { path } = await filledStore()
    sql(path, 'UPDATE contract_rows_v1 SET flag = 7, created_at = created_at + 1 WHERE slot = 2')
    const { code, stdout, stderr } = await airqStore(['verify', path])
    expect(code).toBe(1)
    expect(stdout).toContain('row "contract_rows_v1": station north, slot 2: column "flag"')
    expect(stderr).toContain('not sound: 1 problems found')
    expect((await airqStore(['verify', path, '--json'])).json()).toMatchObject({
      ok: false,
      error: { code: 'store-damaged' },
      problems: [{ kind: 'row' }],
      groups: [{ rows: 0 }, { rows: 3, revisions: 2 }],
    })
  })
})

describe('airq-store copy', () => {
  test('fills a store that is not there yet, and again writes nothing', async () => {
    const { path, store, open } = await filledStore()
    const to = join(dirname(path), 'copy.db')
    expect((await airqStore(['copy', path, to])).stdout).toContain('contract_rows v1: 3 rows read, 3 written')
    const again = await airqStore(['copy', path, to, '--json'])
    expect(again.json()).toMatchObject({
      groups: [
        { rows: 0, written: 0 },
        { rows: 3, written: 0 },
      ],
    })
    const copy = await open({ path: to })
    expect(await readAll(copy, sampleGroup)).toEqual(await readAll(store, sampleGroup))
  })

  test('onto a store that holds a group otherwise is refused with the way out', async () => {
    const { path } = await filledStore()
    const other = await temporaryStore()
    await other.store.ensure(changedGroup)
    const { code, stderr } = await airqStore(['copy', path, other.path])
    expect(code).toBe(2)
    expect(stderr).toMatch(/"value" was int and is double.*\n {2}in contract_rows\n.*new version/)
  })

  test('onto itself is refused', async () => {
    const { path } = await filledStore()
    const same = join(dirname(path), '.', 'features.db')
    expect(await airqStore(['copy', path, same])).toMatchObject({ code: 2 })
  })
})

describe('airq-store compact', () => {
  test('removes revisions by age and rows by event', async () => {
    const { path, store, clock } = await filledStore()
    const now = clock.now() + 2 * 86_400_000
    const young = await airqStore(['compact', path, '--history-before', '3d', '--json'], { now })
    expect(young.json()).toMatchObject({ groups: [{ revisionsRemoved: 0 }, { revisionsRemoved: 0 }] })
    const old = await airqStore(['compact', path, '--history-before', '36h'], { now })
    expect(old.stdout).toContain('contract_rows v1: 0 rows and 1 revisions removed')
    const events = ['--events-before', '1970-01-01T03:00:00+01:00', '--group', 'contract_rows', '--vacuum']
    const gone = await airqStore(['compact', path, ...events, '--json'])
    expect(gone.json()).toMatchObject({ ok: true, groups: [{ name: 'contract_rows', rowsRemoved: 1 }] })
    expect((await readAll(store, sampleGroup)).map(({ slot }) => slot)).toEqual([2, 3])
    expect((await airqStore(['describe', path])).stdout).toContain('revisions since 2026-01-02T12:01:00.000Z')
  })

  test.for([
    [['compact'], 'Nothing to do'],
    [['compact', '--events-before', '90d'], '--events-before needs --group'],
    [['compact', '--history-before', 'yesterday'], '--history-before yesterday is not an instant'],
    [['compact', '--history-before', '2026-01-01T00:00:00'], 'is not an instant'],
    [['compact', '--history-before', '1d', '--group', 'other'], 'no group other'],
    [['compact', '--events-before', '1d', '--group', 'contract_ledger'], 'append-only'],
  ] as const)('refuses %j', async ([[command, ...flags], message]) => {
    const { path, store } = await filledStore()
    const { code, stderr } = await airqStore([command, path, ...flags])
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) })
    expect(await readAll(store, sampleGroup)).toHaveLength(3)
  })
})

describe('airq-store backup', () => {
  test('copies a store in use into a new file, and never over one', async () => {
    const { path, open, store } = await filledStore()
    const file = join(dirname(path), 'backup.db')
    expect(await airqStore(['backup', path, file])).toMatchObject({ code: 0, stdout: `${file} written\n` })
    const copy = await open({ path: file, readOnly: true })
    expect(await readAll(copy, sampleGroup)).toEqual(await readAll(store, sampleGroup))
    expect((await airqStore(['backup', path, file, '--json'])).json()).toMatchObject({
      ok: false,
      error: { code: 'target-exists', where: file },
    })
  })
})

describe('airq-store', () => {
  test.for([
    [[], /command is missing/],
    [['store'], /unknown command 'store'/],
    [['describe'], /missing required argument 'store'/],
    [['describe', 'a', 'b'], /too many arguments/],
    [['describe', 'a', '--wat'], /unknown option '--wat'/],
    [['export', 'a', '--out', 'b.csv'], /--group/],
  ] as const)('tells what is wrong with %j', async ([args, message]) => {
    const { code, stdout, stderr } = await airqStore(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(message)
    expect((await airqStore([...args, '--json'])).json()).toMatchObject({ ok: false })
  })

  test('who looks for leaks is shown to the command that does', async () => {
    const { code, stderr } = await airqStore(['check-leaks', 'config.yaml'])
    expect(code).toBe(2)
    expect(stderr).toContain(
      'another command of airq, which reads the configuration: check-leaks config.yaml',
    )
  })

  test('--help and --version answer on stdout', async () => {
    expect(await airqStore(['--help'])).toMatchObject({ code: 0, stderr: '' })
    expect((await airqStore(['--help'])).stdout).toMatch(/describe.*verify.*export.*import.*copy.*compact/s)
    expect((await airqStore(['compact', '--help'])).stdout).toContain('--history-before')
    expect((await airqStore(['--help'])).stdout).toContain('check-leaks config.yaml')
    expect((await airqStore(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  test('an interrupted command exits 130', async () => {
    const { path } = await filledStore()
    for (const command of [
      ['describe', path],
      ['verify', path],
      ['compact', path, '--history-before', '0d'],
    ]) {
      expect(await airqStore(command, { signal: AbortSignal.abort() })).toMatchObject({ code: 130 })
    }
  })

  test('keeps control characters of a file from the terminal', async () => {
    const { path } = await filledStore()
    const file = join(dirname(path), 'rows.csv')
    await writeFile(file, '\u001b[31mstation\n')
    const { code, stderr } = await airqStore(['import', path, file, '--group', 'contract_rows'])
    expect(code).toBe(2)
    expect(stderr).not.toContain('\u001b')
  })
})
