import { z } from 'zod'

import { canonicalJson, sha256Hex } from '../canonical-json.ts'
import type { Stages } from '../stage-rules.ts'
import type { Promotion } from '../types.ts'
import { instant, type Context } from './context.ts'
import { deleteModelTag, setModelTag, type RegisteredModel } from './models.ts'
import { parsedTag } from './tags.ts'

const keyPattern = /^airq_promotion_(\d{6,15})_([0-9a-f]{12})$/

const recordSchema = z.object({
  state: z.enum(['begun', 'done']),
  stage: z.enum(['production', 'candidate']),
  from: z.string().nullable(),
  to: z.string(),
  reason: z.string(),
  at: z.string(),
  by: z.string().nullable(),
  scores: z.record(z.string(), z.number()),
  kind: z.enum(['promotion', 'rollback']),
})

interface PromotionRecord {
  readonly number: number
  readonly key: string
  readonly done: boolean
  readonly promotion: Promotion
}

/**
 * The promotions of a name: tags of the registered model, one each. MLflow changes one thing at a time, so a
 * promotion is three requests: its record as begun, the alias, its record as done. The alias alone decides who holds
 * a stage; a record that was left as begun counts where its stage's alias followed it.
 */
export function promotionsOf(model: RegisteredModel, stages: Stages): Promotion[] {
  return recordsOf(model)
    .filter(({ done }, at, all) => done || followed(all, at, stages))
    .map(({ promotion }) => promotion)
}

/**
 * Brings the records up to what the aliases say, before something is changed: what was begun and took effect is
 * done; and an alias that moved without a record, by hand or by two promotions at once, gets one.
 * @returns the promotions then, and the number of the next
 */
export async function settledPromotions(
  context: Context,
  model: RegisteredModel,
  stages: Stages,
): Promise<{ readonly promotions: readonly Promotion[]; readonly next: number }> {
  const records = recordsOf(model)
  for (const [at, record] of records.entries()) {
    if (!record.done && followed(records, at, stages)) await writeRecord(context, record, 'done')
  }
  const promotions = promotionsOf(model, stages)
  let next = (records.at(-1)?.number ?? 0) + 1
  for (const stage of ['production', 'candidate'] as const) {
    const holder = stages[stage]
    const from = promotions.findLast((promotion) => promotion.stage === stage)?.to ?? null
    if (holder === null || holder === from) continue
    const found: Promotion = {
      name: model.name,
      stage,
      from,
      to: holder,
      reason: `The alias was found at ${holder}: another program moved it, or two promotions met.`,
      at: instant(context),
      by: null,
      scores: {},
      kind: 'promotion',
    }
    await writeRecord(context, newRecord(found, next), 'done')
    promotions.push(found)
    next += 1
  }
  return { promotions, next }
}

export function newRecord(promotion: Promotion, number: number): PromotionRecord {
  // Two at once with one number do not overwrite each other: their names differ.
  const name = sha256Hex(canonicalJson({ ...promotion })).slice(0, 12)
  const key = `airq_promotion_${String(number).padStart(6, '0')}_${name}`
  return { number, key, done: false, promotion }
}

export async function writeRecord(
  context: Context,
  { key, promotion }: PromotionRecord,
  state: 'begun' | 'done',
): Promise<void> {
  const { name, ...facts } = promotion
  await setModelTag(context, name, key, canonicalJson({ state, ...facts }))
}

/** Takes back what was begun and came to nothing. */
export async function dropRecord(context: Context, { key, promotion }: PromotionRecord): Promise<void> {
  await deleteModelTag(context, promotion.name, key)
}

/** Oldest first. */
function recordsOf({ name, tags }: RegisteredModel): PromotionRecord[] {
  const records: PromotionRecord[] = []
  for (const [key, value] of tags) {
    const number = keyPattern.exec(key)?.[1]
    if (number === undefined) continue
    const { state, ...facts } = parsedTag(value, recordSchema, `models:/${name} ${key}`)
    records.push({ number: Number(number), key, done: state === 'done', promotion: { name, ...facts } })
  }
  return records.sort((a, b) => a.number - b.number || compare(orderOf(a), orderOf(b)))
}

/** Among records of one number. */
function orderOf({ promotion, key }: PromotionRecord): string {
  return `${promotion.at} ${key}`
}

function followed(records: readonly PromotionRecord[], at: number, stages: Stages): boolean {
  const record = records[at]
  if (record === undefined) return false
  const { stage, to } = record.promotion
  const isLast = records.findLastIndex(({ promotion }) => promotion.stage === stage) === at
  return isLast && stages[stage] === to
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
