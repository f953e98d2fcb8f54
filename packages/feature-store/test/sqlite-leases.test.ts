import { expect, test } from 'vitest'

import { temporaryStore } from './support/stores.ts'

const hourMs = 3_600_000

test('a lease keeps a run on another connection out', async () => {
  const { store, clock, open } = await temporaryStore()
  const other = await open()
  const lease = await store.acquireLease('training beijing', { ttlMs: 1000 })
  expect(lease).toMatchObject({ name: 'training beijing', until: clock.now() + 1000 })
  expect(await other.acquireLease('training beijing')).toBeNull()
  await lease?.release()
  expect(await other.acquireLease('training beijing')).not.toBeNull()
})

test('of many that ask at once one gets it', async () => {
  const { store, open } = await temporaryStore()
  const stores = [store, await open(), await open()]
  const leases = await Promise.all(
    Array.from({ length: 4 }, () => stores)
      .flat()
      .map((asking) => asking.acquireLease('training beijing')),
  )
  expect(leases.filter((lease) => lease !== null)).toHaveLength(1)
})

test('one left behind is taken over after its time, an hour by default, and its holder gives nothing back', async () => {
  const { store, clock, open } = await temporaryStore()
  const other = await open()
  const stale = await store.acquireLease('training beijing')
  clock.move(hourMs - 1)
  expect(await other.acquireLease('training beijing')).toBeNull()
  clock.move(1)
  expect(await other.acquireLease('training beijing')).not.toBeNull()
  await stale?.release()
  expect(await store.acquireLease('training beijing')).toBeNull()
})

test('one taken under a clock since set back does not last for ever', async () => {
  const { store, clock } = await temporaryStore()
  await store.acquireLease('training beijing')
  clock.move(-hourMs)
  expect(await store.acquireLease('training beijing')).toBeNull()
  clock.move(-1)
  expect(await store.acquireLease('training beijing')).not.toBeNull()
})

test.for([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('of %d ms it is refused', async (ttlMs) => {
  const { store } = await temporaryStore()
  await expect(store.acquireLease('training', { ttlMs })).rejects.toMatchObject({
    code: 'bad-query',
    fault: 'input',
  })
})

test('a store open to read grants none', async () => {
  const { open } = await temporaryStore()
  const reader = await open({ readOnly: true })
  await expect(reader.acquireLease('training')).rejects.toMatchObject({ code: 'state-unwritable' })
})
