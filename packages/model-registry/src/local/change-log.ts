import { join } from 'node:path'

import { z } from 'zod'

import { damaged } from '../errors.ts'
import { sealed, unsealed } from '../sealed-record.ts'
import { noStages, type ChangeFacts, type Stages } from '../stage-rules.ts'
import type { Json, Promotion, Retirement } from '../types.ts'
import { unreadable } from './file-failures.ts'
import { namesIn, placeFolder } from './folders.ts'
import { readBounded } from './version-folder.ts'

const fileName = 'promotion.json'
const formatVersion = 2
/** Retirements add up in each record; this is room for thousands. */
const bytesLimit = 4 * 1024 * 1024

const stage = z.enum(['production', 'candidate'])
const stages = z.strictObject({ production: z.string().nullable(), candidate: z.string().nullable() })
const retirement = z.strictObject({ at: z.string(), by: z.string().nullable(), reason: z.string() })
const head = { number: z.int().positive(), name: z.string(), reason: z.string(), at: z.string(), stages }
const change = { stage, from: z.string().nullable(), to: z.string() }
const second = {
  formatVersion: z.literal(formatVersion),
  ...head,
  by: z.string().nullable(),
  retired: z.record(z.string(), retirement),
}

const recordSchema = z.union([
  // Format 1 knew promotions only, without who and scores.
  z.strictObject({ formatVersion: z.literal(1), ...head, ...change }).transform((record) => ({
    ...record,
    kind: 'promotion' as const,
    by: null,
    scores: {},
    retired: {},
  })),
  z.strictObject({
    ...second,
    ...change,
    kind: z.enum(['promotion', 'rollback']),
    scores: z.record(z.string(), z.number()),
  }),
  z.strictObject({ ...second, kind: z.literal('retirement'), version: z.string() }),
])

type ChangeRecord = z.infer<typeof recordSchema>

/** What the newest record says, and its number. */
export interface RegistryState {
  readonly number: number
  readonly stages: Stages
  readonly retired: ReadonlyMap<string, Retirement>
}

/** A version taken out of use, as the log keeps it. */
export interface RetirementChange extends ChangeFacts {
  readonly kind: 'retirement'
  readonly name: string
  readonly version: string
  readonly at: string
}

/**
 * A name's changes, numbered folders with one record each: `promotions/000001/promotion.json`. The newest tells
 * stages and retirements. To change something is to place the next number, which only one process can: a
 * compare-and-set without a lock that a killed process could leave behind.
 */
export async function currentState(folder: string): Promise<RegistryState> {
  const newest = (await numbersIn(folder)).at(-1)
  if (newest === undefined) return { number: 0, stages: noStages, retired: new Map() }
  const record = await readRecord(folder, newest)
  return { number: newest, stages: record.stages, retired: new Map(Object.entries(record.retired)) }
}

/** @returns false where another process took the number first */
export async function placeChange(
  folder: string,
  state: RegistryState,
  record: Promotion | RetirementChange,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const number = state.number + 1
  const after = sealed({ formatVersion, number, ...record, ...stateAfter(state, record) })
  return placeFolder(join(folder, nameOf(number)), [{ path: fileName, text: after }], signal)
}

/** Promotions and rollbacks, oldest first. */
export async function promotionHistory(folder: string): Promise<Promotion[]> {
  const promotions: Promotion[] = []
  for (const number of await numbersIn(folder)) {
    const record = await readRecord(folder, number)
    if (record.kind === 'retirement') continue
    const { name, stage: changed, from, to, reason, at, by, scores, kind } = record
    promotions.push({ name, stage: changed, from, to, reason, at, by, scores, kind })
  }
  return promotions
}

function stateAfter(
  { stages: before, retired }: RegistryState,
  record: Promotion | RetirementChange,
): { stages: Record<string, string | null>; retired: Record<string, Json> } {
  const all = Object.fromEntries([...retired].map(([version, facts]) => [version, { ...facts }]))
  if (record.kind !== 'retirement') return { stages: { ...before, [record.stage]: record.to }, retired: all }
  const { version, at, by, reason } = record
  return { stages: { ...before }, retired: { ...all, [version]: { at, by, reason } } }
}

async function numbersIn(folder: string): Promise<number[]> {
  const names = await namesIn(folder).catch((error: unknown) => {
    throw unreadable(error, folder)
  })
  return names
    .filter((name) => /^\d{6,}$/.test(name))
    .map(Number)
    .sort((a, b) => a - b)
}

async function readRecord(folder: string, number: number): Promise<ChangeRecord> {
  const path = join(folder, nameOf(number), fileName)
  const bytes = await readBounded(path, bytesLimit)
  if (bytes === null) throw damaged(path, 'it is missing')
  const record = unsealed(bytes.toString('utf8'), recordSchema, path, formatVersion)
  if (record.number !== number) throw damaged(path, `it belongs to number ${String(record.number)}`)
  return record
}

function nameOf(number: number): string {
  return String(number).padStart(6, '0')
}
