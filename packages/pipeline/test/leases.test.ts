import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FeatureStore } from '@airq/feature-store'
import { openSqliteStore } from '@airq/feature-store/sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { type LeaseAnswer, takeLease } from '../src/run/leases.ts'

const NOW = Date.UTC(2026, 0, 6)
const HOUR_MS = 3_600_000

async function place(): Promise<{ stateDir: string; store: FeatureStore; clock: { at: number } }> {
  const stateDir = mkdtempSync(join(tmpdir(), 'airq-leases-'))
  const clock = { at: NOW }
  const store = await openSqliteStore({ path: join(stateDir, 'a.sqlite'), clock: { now: () => clock.at } })
  onTestFinished(async () => {
    await store.close()
    rmSync(stateDir, { recursive: true, force: true })
  })
  return { stateDir, store, clock }
}

function take(
  { stateDir, store, clock }: Awaited<ReturnType<typeof place>>,
  runId: string,
  station = 'beijing',
): Promise<LeaseAnswer> {
  const { signal } = new AbortController()
  return takeLease(store, station, { pipeline: 'training', runId, stateDir, now: () => clock.at, signal })
}

test('one run a station; the other learns who holds it and since when', async () => {
  const here = await place()
  const first = await take(here, 'run-1')
  expect(first).toHaveProperty('lease')
  expect(await take(here, 'run-2', 'paris')).toHaveProperty('lease')
  expect(await take(here, 'run-2')).toEqual({
    heldBy: `run run-1 (process ${String(process.pid)} on ${hostname()}) since 2026-01-06T00:00:00.000Z`,
  })
})

test('released it is free, and its note gone; releasing twice takes nothing from the next', async () => {
  const here = await place()
  const first = await take(here, 'run-1')
  if (!('lease' in first)) throw new Error('not granted')
  await first.lease[Symbol.asyncDispose]()
  expect(readdirSync(join(here.stateDir, 'leases'))).toEqual([])
  expect(await take(here, 'run-2')).toHaveProperty('lease')
  await first.lease[Symbol.asyncDispose]()
  expect(await take(here, 'run-3')).toMatchObject({ heldBy: expect.stringContaining('run-2') })
})

test('one left behind is taken over after an hour; until then a dead holder is called gone', async () => {
  const here = await place()
  await take(here, 'run-1')
  const gone = { runId: 'run-1', host: hostname(), pid: 2 ** 22 + 1, since: '2026-01-06T00:00:00.000Z' }
  writeFileSync(join(here.stateDir, 'leases', 'training beijing.json'), JSON.stringify(gone))
  expect(await take(here, 'run-2')).toMatchObject({ heldBy: expect.stringContaining('which is gone') })
  here.clock.at += HOUR_MS + 1
  expect(await take(here, 'run-3')).toHaveProperty('lease')
})

test('without a sound note it is another run', async () => {
  const here = await place()
  await take(here, 'run-1')
  writeFileSync(join(here.stateDir, 'leases', 'training beijing.json'), '{')
  expect(await take(here, 'run-2')).toEqual({ heldBy: 'another run' })
})
