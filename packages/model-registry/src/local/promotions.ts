import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { z } from 'zod'

import { ModelRegistryError } from '../errors.ts'
import type { Promotion, Stage } from '../types.ts'
import { codeOf, damaged, unreadable } from './file-failures.ts'
import { namesIn, placeFolder } from './folders.ts'
import { formatVersion, sealed, unsealed } from './sealed-record.ts'

const fileName = 'promotion.json'

const recordSchema = z.strictObject({
  formatVersion: z.literal(formatVersion),
  number: z.int().positive(),
  name: z.string(),
  stage: z.enum(['production', 'candidate']),
  from: z.string().nullable(),
  to: z.string(),
  reason: z.string(),
  at: z.string(),
  /** After this promotion. */
  stages: z.strictObject({ production: z.string().nullable(), candidate: z.string().nullable() }),
})

type PromotionRecord = z.infer<typeof recordSchema>

/** The version that holds each stage. */
export type Stages = Readonly<Record<Stage, string | null>>

/** The stages, and the number of the promotion that made them so. */
export interface StageState {
  readonly stages: Stages
  readonly number: number
}

/**
 * A name's promotions, numbered folders with one record each: `promotions/000001/promotion.json`. The newest
 * tells the stages. To promote is to place the next number, which only one process can: a compare-and-set
 * without a lock that a killed process could leave behind.
 */
export async function stageState(folder: string): Promise<StageState> {
  const newest = (await numbersIn(folder)).at(-1)
  if (newest === undefined) return { stages: { production: null, candidate: null }, number: 0 }
  const { stages } = await readRecord(folder, newest)
  return { stages, number: newest }
}

/** @returns false where another process took the number first */
export async function placePromotion(
  folder: string,
  state: StageState,
  promotion: Promotion,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const number = state.number + 1
  const stages = { ...state.stages, [promotion.stage]: promotion.to }
  const text = sealed({ formatVersion, number, ...promotion, stages })
  return placeFolder(join(folder, nameOf(number)), [[fileName, text]], signal)
}

/** Oldest first. */
export async function promotionHistory(folder: string): Promise<Promotion[]> {
  const promotions: Promotion[] = []
  for (const number of await numbersIn(folder)) {
    const { name, stage, from, to, reason, at } = await readRecord(folder, number)
    promotions.push({ name, stage, from, to, reason, at })
  }
  return promotions
}

export function stageConflict(
  name: string,
  stage: Stage,
  expected: string | null,
  actual: string | null,
): ModelRegistryError {
  const holder = (version: string | null): string => version ?? 'no version'
  return new ModelRegistryError(
    'stage-conflict',
    `${holder(actual)} of ${name} is in ${stage}, not ${holder(expected)}: another run has promoted.`,
    { where: name, hint: 'Compare with the version that holds the stage now, then decide again.' },
  )
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

async function readRecord(folder: string, number: number): Promise<PromotionRecord> {
  const path = join(folder, nameOf(number), fileName)
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw codeOf(error) === 'ENOENT' ? damaged(path, 'it is missing') : unreadable(error, path)
  })
  const record = unsealed(text, recordSchema, path)
  if (record.number !== number) throw damaged(path, `it belongs to number ${String(record.number)}`)
  return record
}

function nameOf(number: number): string {
  return String(number).padStart(6, '0')
}
