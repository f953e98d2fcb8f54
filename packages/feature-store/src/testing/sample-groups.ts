import { defineGroup } from '../definition.ts'
import type { RowOf } from '../types.ts'

const columns = {
  station: { type: 'string', description: 'Station.' },
  slot: { type: 'int', description: 'Running number of the row.' },
  event_ms: { type: 'bigint', description: 'Event time, epoch ms.' },
  known_at: { type: 'bigint', description: 'Known from, epoch ms.' },
  value: { type: 'double', nullable: true, description: 'A measured value.' },
  label: { type: 'string', nullable: true, description: 'A text.' },
  flag: { type: 'boolean', nullable: true, description: 'Yes or no.' },
  small: { type: 'int', nullable: true, description: 'A 32-bit number.' },
  large: { type: 'bigint', nullable: true, description: 'A 53-bit number.' },
} as const

const base = { name: 'contract_rows', description: 'Rows of the contract suite.' } as const
const keys = { primaryKey: ['station', 'slot'], eventTime: 'event_ms' } as const

/** Every column type, with and without null. */
export const sampleGroup = defineGroup({ ...base, ...keys, version: 1, columns })

/** `sampleGroup` after it gained a nullable column at its end. */
export const appendedGroup = defineGroup({
  ...base,
  ...keys,
  version: 1,
  columns: { ...columns, note: { type: 'string', nullable: true, description: 'Added later.' } },
})

/** Rows that stay as they were written. */
export const ledgerGroup = defineGroup({
  ...base,
  ...keys,
  name: 'contract_ledger',
  version: 1,
  appendOnly: true,
  columns,
})

/** `sampleGroup` changed in ways that need a new version: a type, a nullability, a column less, one more. */
export const changedGroup = defineGroup({
  ...base,
  ...keys,
  version: 1,
  columns: {
    station: columns.station,
    slot: columns.slot,
    event_ms: columns.event_ms,
    known_at: columns.known_at,
    value: { type: 'int', nullable: true, description: 'Was a double.' },
    label: { type: 'string', description: 'Was nullable.' },
    flag: columns.flag,
    small: columns.small,
    compulsory: { type: 'int', description: 'Was not there.' },
  },
})

/** The changed group under the version it needs. */
export const nextGroup = defineGroup({ ...changedGroup, version: 2 })

export type SampleRow = RowOf<(typeof sampleGroup)['columns']>

/** Row `slot` of a station; its event time is `slot` hours after the epoch. */
export function sampleRow(slot: number, changes: Partial<SampleRow> = {}): SampleRow {
  const eventMs = slot * 3_600_000
  return {
    station: 'north',
    slot,
    event_ms: eventMs,
    known_at: eventMs + 60_000,
    value: slot / 4,
    label: `row ${String(slot)}`,
    flag: slot % 2 === 0,
    small: slot,
    large: slot * 1000,
    ...changes,
  }
}
