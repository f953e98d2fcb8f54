import assert from 'node:assert/strict'

import { failure, readAll, type StoreTest } from './harness.ts'
import { appendedGroup, changedGroup, nextGroup, sampleGroup, sampleRow } from './sample-groups.ts'

/** Creating, verifying and extending groups; the life of a store. */
export const groupCases: Readonly<Record<string, StoreTest>> = {
  'ensure creates a group, and again finds it': async ({ store }) => {
    await store.ensure(sampleGroup)
    await store.ensure(sampleGroup)
    assert.deepEqual(await store.describe(sampleGroup), { rows: 0, firstEvent: null, lastEvent: null })
  },

  'ensure names every differing column and changes nothing': async ({ store }) => {
    await store.ensure(sampleGroup)
    await store.upsert(sampleGroup, [sampleRow(1)])
    const error = await failure('schema-mismatch', store.ensure(changedGroup))
    for (const column of ['value', 'label', 'large', 'compulsory'])
      assert.match(error.message, RegExp(column))
    assert.doesNotMatch(error.message, /"flag"/)
    assert.match(error.hint ?? '', /new version/)
    assert.deepEqual(await readAll(store, sampleGroup), [sampleRow(1)])
  },

  'two versions of a group stand side by side': async ({ store }) => {
    await store.ensure(sampleGroup)
    await store.ensure(nextGroup)
    await store.upsert(sampleGroup, [sampleRow(1)])
    assert.equal((await store.describe(sampleGroup)).rows, 1)
    assert.equal((await store.describe(nextGroup)).rows, 0)
  },

  'a nullable column appended at the end is taken up': async ({ store }) => {
    await store.ensure(sampleGroup)
    await store.upsert(sampleGroup, [sampleRow(1)])
    await store.ensure(appendedGroup)
    await store.upsert(appendedGroup, [{ ...sampleRow(2), note: 'new' }])
    assert.deepEqual(await readAll(store, appendedGroup), [
      { ...sampleRow(1), note: null },
      { ...sampleRow(2), note: 'new' },
    ])
  },

  'a group nobody ensured is an error, not an empty read': async ({ store }) => {
    await failure('group-missing', readAll(store, sampleGroup))
    await failure('group-missing', store.upsert(sampleGroup, [sampleRow(1)]))
    await failure('group-missing', store.describe(sampleGroup))
  },

  'describe counts rows and gives the first and the last event': async ({ store }) => {
    await store.ensure(sampleGroup)
    await store.upsert(sampleGroup, [sampleRow(7), sampleRow(3), sampleRow(5, { station: 'south' })])
    assert.deepEqual(await store.describe(sampleGroup), {
      rows: 3,
      firstEvent: sampleRow(3).event_ms,
      lastEvent: sampleRow(7).event_ms,
    })
  },

  'rows outlive the store that wrote them': async ({ store, reopen }) => {
    assert.ok(reopen, 'give reopen, or skip this case with a reason')
    await store.ensure(sampleGroup)
    await store.upsert(sampleGroup, [sampleRow(1), sampleRow(2)])
    const again = await reopen()
    assert.deepEqual(await readAll(again, sampleGroup), [sampleRow(1), sampleRow(2)])
    assert.equal(
      (await again.upsert(sampleGroup, [sampleRow(2)])).written,
      again.capabilities.countsUnchanged ? 0 : 1,
    )
  },

  'a closed store refuses every call; closing twice is fine': async ({ store }) => {
    await store.ensure(sampleGroup)
    await store.close()
    await store.close()
    await failure('closed', store.ensure(sampleGroup))
    await failure('closed', store.upsert(sampleGroup, [sampleRow(1)]))
    await failure('closed', store.describe(sampleGroup))
    await failure('closed', readAll(store, sampleGroup))
  },
}
