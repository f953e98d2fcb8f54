import { FeatureStoreError } from '../errors.ts'
import { openSqliteStore, type SqliteFeatureStore, type StoredGroup } from '../sqlite/index.ts'
import type { CommandIo } from './main.ts'

const unitMs: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000 }

/** Opens a store for as long as the work takes. */
export async function withStore<T>(
  path: string,
  { readOnly, io }: { readonly readOnly: boolean; readonly io: CommandIo },
  work: (store: SqliteFeatureStore) => Promise<T>,
): Promise<T> {
  const store = await openSqliteStore({ path, clock: io.clock, readOnly })
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

/** `NAME@VERSION`, or the newest version of `NAME`. */
export async function findGroup(
  store: SqliteFeatureStore,
  label: string,
  { signal }: CommandIo,
): Promise<StoredGroup> {
  const groups = await store.groups({ signal })
  const [name, version] = label.split('@')
  const found = groups
    .filter(
      ({ group }) => group.name === name && (version === undefined || String(group.version) === version),
    )
    .at(-1)
  if (found !== undefined) return found
  const names = groups.map(({ group }) => `${group.name}@${String(group.version)}`).join(', ')
  throw new FeatureStoreError('group-missing', `The feature store has no group ${label}.`, {
    fault: 'input',
    hint: names === '' ? 'It has no groups at all.' : `It has ${names}.`,
  })
}

/** Epoch ms of an ISO instant with offset, or of an age: `90d` or `36h` before now. */
export function instantOf(text: string, flag: string, { clock }: CommandIo): number {
  const [, amount, unit = ''] = /^(\d+)([hd])$/.exec(text) ?? []
  if (amount !== undefined) return clock.now() - Number(amount) * (unitMs[unit] ?? 0)
  const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text)
    ? Date.parse(text)
    : Number.NaN
  if (!Number.isNaN(instant)) return instant
  throw new FeatureStoreError('bad-arguments', `${flag} ${text} is not an instant`, {
    fault: 'input',
    hint: `Give date, time and offset, e.g. ${flag} 2026-01-06T08:00:00+08:00, or an age such as 90d or 36h.`,
  })
}

export function isoInstant(epochMs: number | null): string | null {
  return epochMs === null ? null : new Date(epochMs).toISOString()
}
