import { readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { parquetMetadataAsync, parquetReadObjects, asyncBufferFromFile } from 'hyparquet'
import { describe, expect, test } from 'vitest'

import { readAll } from '../src/testing/harness.ts'
import { ledgerGroup, sampleGroup, sampleRow } from '../src/testing/sample-groups.ts'
import { airqStore } from './support/command.ts'
import { temporaryStore, type TemporaryStore } from './support/stores.ts'

const extremes = [
  sampleRow(1, { value: 0.1 + 0.2, label: '北京, "quoted"\nsecond line' }),
  sampleRow(2, {
    value: -Number.MAX_VALUE,
    label: '',
    flag: false,
    small: -(2 ** 31),
    large: -(2 ** 53) + 1,
  }),
  sampleRow(3, { value: Number.MIN_VALUE, small: 2 ** 31 - 1, large: 2 ** 53 - 1, label: 'null' }),
  sampleRow(4, { value: null, label: null, flag: null, small: null, large: null }),
  sampleRow(5, { station: '=1+1', label: ' spaces ' }),
].toSorted((a, b) => (a.station < b.station ? -1 : a.station > b.station ? 1 : a.slot - b.slot))

async function filledStore(rows = extremes): Promise<TemporaryStore & { readonly folder: string }> {
  const opened = await temporaryStore()
  await opened.store.ensure(sampleGroup)
  await opened.store.upsert(sampleGroup, rows)
  return { ...opened, folder: dirname(opened.path) }
}

const group = ['--group', 'contract_rows']

describe.each(['csv', 'parquet'])('export and import by %s', (extension) => {
  test('take every value there and back', async () => {
    const { path, folder } = await filledStore()
    const file = join(folder, `rows.${extension}`)
    const exported = await airqStore(['export', path, ...group, '--out', file, '--json'])
    expect(exported.json()).toMatchObject({ ok: true, name: 'contract_rows', version: 1, file, rows: 5 })
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const to = await temporaryStore()
    await to.store.ensure(sampleGroup)
    const imported = await airqStore(['import', to.path, file, ...group, '--json'])
    expect(imported.json()).toMatchObject({ ok: true, written: 5, unchanged: 0 })
    expect(await readAll(to.store, sampleGroup)).toEqual(extremes)
    const again = await airqStore(['import', to.path, file, ...group])
    expect(again.stdout).toBe('contract_rows v1: 0 rows written, 5 unchanged\n')
  })

  test('an empty group and more rows than a batch holds', async () => {
    // A CSV file is written by batches of 5,000, a Parquet file by groups of 50,000.
    for (const count of [0, extension === 'csv' ? 5001 : 50_001]) {
      const rows = Array.from({ length: count }, (_, slot) => sampleRow(slot))
      const { path, folder } = await filledStore(rows)
      const file = join(folder, `rows.${extension}`)
      expect(await airqStore(['export', path, ...group, '--out', file])).toMatchObject({ code: 0 })
      const to = await temporaryStore()
      await to.store.ensure(sampleGroup)
      expect(await airqStore(['import', to.path, file, ...group])).toMatchObject({ code: 0 })
      expect(await to.store.describe(sampleGroup)).toMatchObject({ rows: count })
    }
  })

  test('--as-of exports what the store held then', async () => {
    const { path, folder, store, clock } = await filledStore([sampleRow(1)])
    const then = new Date(clock.tick()).toISOString()
    await store.upsert(sampleGroup, [sampleRow(1, { value: -1 }), sampleRow(2)])
    const file = join(folder, `then.${extension}`)
    const { json } = await airqStore(['export', path, ...group, '--out', file, '--as-of', then, '--json'])
    expect(json()).toMatchObject({ rows: 1 })
    const to = await temporaryStore()
    await to.store.ensure(sampleGroup)
    await airqStore(['import', to.path, file, ...group])
    expect(await readAll(to.store, sampleGroup)).toEqual([sampleRow(1)])
  })

  test('never over a file, and nothing is left of one that failed', async () => {
    const { path, folder } = await filledStore()
    const file = join(folder, `rows.${extension}`)
    await writeFile(file, 'mine')
    const refused = await airqStore(['export', path, ...group, '--out', file])
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('there already') })
    expect(await readFile(file, 'utf8')).toBe('mine')
    const late = join(folder, `late.${extension}`)
    const asOf = ['--as-of', 'never']
    expect(await airqStore(['export', path, ...group, '--out', late, ...asOf])).toMatchObject({ code: 2 })
    expect((await readdir(folder)).filter((name) => name.includes('late'))).toEqual([])
  })

  test('an interrupted export leaves no file', async () => {
    const { path, folder } = await filledStore()
    const file = join(folder, `rows.${extension}`)
    const signal = AbortSignal.abort()
    expect(await airqStore(['export', path, ...group, '--out', file], { signal })).toMatchObject({
      code: 130,
    })
    expect((await readdir(folder)).filter((name) => name.startsWith('rows'))).toEqual([])
  })
})

describe('a Parquet file', () => {
  test('names its columns and types for other programs, and its group for an import', async () => {
    const { path, folder } = await filledStore()
    const file = join(folder, 'rows.parquet')
    await airqStore(['export', path, ...group, '--out', file])
    const buffer = await asyncBufferFromFile(file)
    const { schema } = await parquetMetadataAsync(buffer)
    expect(
      schema
        .slice(1)
        .map(({ name, type, repetition_type }) => `${name} ${String(type)} ${String(repetition_type)}`),
    ).toEqual([
      'station BYTE_ARRAY REQUIRED',
      'slot INT32 REQUIRED',
      'event_ms INT64 REQUIRED',
      'known_at INT64 REQUIRED',
      'value DOUBLE OPTIONAL',
      'label BYTE_ARRAY OPTIONAL',
      'flag BOOLEAN OPTIONAL',
      'small INT32 OPTIONAL',
      'large INT64 OPTIONAL',
    ])
    expect(await parquetReadObjects({ file: buffer })).toHaveLength(5)
    // Into a store that has never heard of the group.
    const to = await temporaryStore()
    expect(await airqStore(['import', to.path, file])).toMatchObject({ code: 0 })
    expect(await readAll(to.store, sampleGroup)).toEqual(extremes)
  })

  test('cut short is refused, and nothing is written', async () => {
    const { path, folder, store } = await filledStore()
    const file = join(folder, 'rows.parquet')
    await airqStore(['export', path, ...group, '--out', file])
    const before = await readAll(store, sampleGroup)
    const { size } = await stat(file)
    for (const length of [size - 1, Math.floor(size / 2), 3, 0]) {
      await truncate(file, length)
      const { code, stderr } = await airqStore(['import', path, file, ...group])
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: expect.stringContaining('Parquet file cannot be read'),
      })
    }
    expect(await readAll(store, sampleGroup)).toEqual(before)
  })
})

describe('a CSV file', () => {
  const header = 'station,slot,event_ms,known_at,value,label,flag,small,large'

  test.for([
    ['a cell that is no number', `${header}\nnorth,1,0,0,high,,,,\n`, /column "value".*\n.*rows\.csv:2/],
    [
      'a bad row far down',
      `${header}\nnorth,1,0,0,1,,,,\nnorth,x,0,0,1,,,,\n`,
      /column "slot".*\n.*rows\.csv:3/,
    ],
    ['a number beyond 53 bit', `${header}\nnorth,1,0,0,,,,,9007199254740993\n`, /column "large"/],
    ['a number that would become infinite', `${header}\nnorth,1,0,0,1e999,,,,\n`, /column "value"/],
    ['a hexadecimal number', `${header}\nnorth,0x10,0,0,,,,,\n`, /column "slot"/],
    ['an empty cell where a value must be', `${header}\n,1,0,0,,,,,\n`, /column "station"/],
    ['a row too short', `${header}\nnorth,1\n`, /CSV file cannot be read/],
    ['a column that is missing', 'station,slot,known_at\nnorth,1,0\n', /column "event_ms" is missing/],
    ['a column the group lacks', `${header},more\n`, /column "more" is not one of the group/],
    ['a column twice', `${header},slot\n`, /column "slot" is there twice/],
    ['nothing at all', '', /it is empty/],
    ['an open quote', `${header}\n"north,1,0,0,,,,,\n`, /CSV file cannot be read/],
  ] as const)('with %s is refused, and nothing is written', async ([, text, message]) => {
    const { path, folder, store } = await filledStore([])
    const file = join(folder, 'rows.csv')
    await writeFile(file, text)
    const { code, stderr } = await airqStore(['import', path, file, ...group])
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(message) })
    expect(await readAll(store, sampleGroup)).toEqual([])
  })

  test('of a spreadsheet is read: BOM, CRLF, columns in any order, nullable ones left out', async () => {
    const { path, folder, store } = await filledStore([])
    const file = join(folder, 'rows.csv')
    await writeFile(file, '\uFEFFslot,station,known_at,event_ms,flag\r\n1,north,60000,3600000,true\r\n\r\n')
    expect(await airqStore(['import', path, file, ...group])).toMatchObject({ code: 0 })
    const nothing = { value: null, label: null, small: null, large: null }
    expect(await readAll(store, sampleGroup)).toEqual([
      sampleRow(1, { ...nothing, flag: true, event_ms: 3_600_000, known_at: 60_000 }),
    ])
  })

  test('that is not there, or of a group that is not, is told', async () => {
    const { path, folder } = await filledStore([])
    const missing = await airqStore(['import', path, join(folder, 'none.csv'), ...group])
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining('none.csv') })
    const nameless = await airqStore(['import', path, join(folder, 'none.csv')])
    expect(nameless.stderr).toContain('Give --group NAME')
    const other = await airqStore(['import', path, join(folder, 'none.csv'), '--group', 'contract_rows@2'])
    expect(other.stderr).toContain('It has contract_rows@1')
    const kind = await airqStore(['import', path, join(folder, 'none.txt'), ...group])
    expect(kind.stderr).toContain('neither a .csv nor a .parquet file')
  })

  test('cannot change the rows of a ledger', async () => {
    const { path, folder, store } = await filledStore([])
    await store.ensure(ledgerGroup)
    await store.upsert(ledgerGroup, [sampleRow(1)])
    const file = join(folder, 'ledger.csv')
    await writeFile(file, `${header}\nnorth,1,3600000,3660000,99,,,,\n`)
    const { code, stderr } = await airqStore(['import', path, file, '--group', 'contract_ledger'])
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('append-only') })
    expect(await readAll(store, ledgerGroup)).toEqual([sampleRow(1)])
  })
})
