import { expect, test } from 'vitest'

import { sampleGroup, sampleRow } from '../src/testing/sample-groups.ts'
import { sql, temporaryStore, type TemporaryStore } from './support/stores.ts'

async function filledStore(): Promise<TemporaryStore> {
  const opened = await temporaryStore()
  await opened.store.ensure(sampleGroup)
  await opened.store.upsert(
    sampleGroup,
    [1, 2, 3].map((slot) => sampleRow(slot)),
  )
  await opened.store.upsert(sampleGroup, [sampleRow(2, { value: null })])
  return opened
}

test('a sound store: rows and revisions are counted, and nothing is changed', async () => {
  const { store, open, path } = await filledStore()
  const before = sql(path, 'SELECT * FROM contract_rows_v1')
  const sound = { groups: [{ name: 'contract_rows', version: 1, rows: 3, revisions: 1 }], problems: [] }
  expect(await store.verify()).toEqual(sound)
  expect(await (await open({ readOnly: true })).verify()).toEqual(sound)
  expect(sql(path, 'SELECT * FROM contract_rows_v1')).toEqual(before)
})

test.for([
  ['a flag that is neither yes nor no', 'flag = 7', /north, slot 1: column "flag"/],
  ['a number beyond 32 bit', 'small = 3000000000', /north, slot 1: column "small"/],
  ['a number that is none', 'value = 1e999', /north, slot 1: column "value"/],
] as const)('a row another program spoiled is named: %s', async ([, change, message]) => {
  const { store, path } = await filledStore()
  sql(path, `UPDATE contract_rows_v1 SET ${change}, created_at = created_at + 1000 WHERE slot = 1`)
  expect((await store.verify()).problems).toMatchObject([
    { kind: 'row', where: '"contract_rows_v1"', message: expect.stringMatching(message) },
  ])
})

test('many spoiled rows are told by the first twenty', async () => {
  const { store, path } = await filledStore()
  await store.upsert(
    sampleGroup,
    Array.from({ length: 100 }, (_, slot) => sampleRow(slot, { station: 'south' })),
  )
  sql(path, `UPDATE contract_rows_v1 SET flag = 7, created_at = created_at + 1000 WHERE station = 'south'`)
  expect((await store.verify()).problems.filter(({ kind }) => kind === 'row')).toHaveLength(20)
})

test.for([
  ['a revision that is missing', 'UPDATE contract_rows_v1__history SET replaced_at = replaced_at - 1'],
  ['a change that left none', `DROP TRIGGER contract_rows_v1__keep`],
] as const)('history with a gap is named: %s', async ([, statement]) => {
  const { store, path } = await filledStore()
  sql(path, statement)
  sql(path, `UPDATE contract_rows_v1 SET value = 9, created_at = created_at + 1 WHERE slot = 2`)
  const { problems } = await store.verify()
  expect(problems).toMatchObject([{ kind: 'history', message: expect.stringContaining('north, 2') }])
})

test('a group whose table is gone is named, the others are checked', async () => {
  const { store, path } = await filledStore()
  sql(path, 'DROP TABLE contract_rows_v1__history')
  const { groups, problems } = await store.verify()
  expect(groups).toMatchObject([{ rows: 3, revisions: 0 }])
  expect(problems.map(({ kind }) => kind)).toEqual(['file', 'file'])
  expect(problems[0]?.message).toContain('no such table')
})

test('it can be aborted', async () => {
  const { store } = await filledStore()
  await expect(store.verify({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' })
})
