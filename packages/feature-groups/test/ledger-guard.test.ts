import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineGroup, type RowOf } from '@airq/feature-store'
import { openSqliteStore } from '@airq/feature-store/sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { aqiForecasts, type AqiForecastRow } from '../src/index.ts'

function rowOf(revision: number, aqi: number): AqiForecastRow {
  const plain = Object.entries(aqiForecasts.columns).map(([name, { type }]) => [
    name,
    type === 'string' ? 'a' : type === 'boolean' ? false : 1,
  ])
  // Of the column types by construction.
  return { ...(Object.fromEntries(plain) as RowOf<typeof aqiForecasts.columns>), revision, aqi }
}

test('a ledger from before it was guarded is guarded from its next use on, and keeps its rows', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'airq-ledger-'))
  const store = await openSqliteStore({ path: join(folder, 'a.sqlite'), clock: { now: () => 1 } })
  onTestFinished(async () => {
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const { appendOnly: _, ...definition } = aqiForecasts
  const before = defineGroup(definition)
  await store.ensure(before)
  await store.upsert(before, [rowOf(0, 80)])

  await store.ensure(aqiForecasts)
  await expect(store.upsert(aqiForecasts, [rowOf(0, 81)])).rejects.toMatchObject({ code: 'append-only' })
  expect(await store.upsert(aqiForecasts, [rowOf(0, 80), rowOf(1, 81)])).toEqual({ written: 1, unchanged: 1 })
  expect(await store.describe(aqiForecasts)).toMatchObject({ rows: 2 })
  // A program from before cannot open it up again.
  await expect(store.ensure(before)).rejects.toMatchObject({ code: 'schema-mismatch' })
})
