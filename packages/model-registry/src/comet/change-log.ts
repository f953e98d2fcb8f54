import { z } from 'zod'

import { canonicalJson, sha256Hex } from '../canonical-json.ts'
import { damaged, ModelRegistryError } from '../errors.ts'
import type { Promotion, Retirement, Stage } from '../types.ts'
import { eachOf } from './each-of.ts'
import { shown, type CometContext, type Registered } from './registered.ts'
import { valuesSchema } from './wire.ts'

const keyPrefix = 'airq_change_'
const formatVersion = 1
/** Experiments asked at once for their log. */
const together = 6

const changeSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    formatVersion: z.literal(formatVersion),
    kind: z.enum(['promotion', 'rollback']),
    number: z.int().positive(),
    name: z.string(),
    stage: z.enum(['production', 'candidate']),
    from: z.string().nullable(),
    to: z.string(),
    reason: z.string(),
    at: z.string(),
    by: z.string().nullable(),
    scores: z.record(z.string(), z.number()),
    /** False from before the stage is moved until it is. */
    done: z.boolean(),
  }),
  z.strictObject({
    formatVersion: z.literal(formatVersion),
    kind: z.literal('retirement'),
    name: z.string(),
    version: z.string(),
    reason: z.string(),
    at: z.string(),
    by: z.string().nullable(),
  }),
])

type Change = z.infer<typeof changeSchema>
/** A promotion or rollback with its number: one more than the highest its writer saw. */
export type StageChange = Exclude<Change, { kind: 'retirement' }>
type RetirementChange = Extract<Change, { kind: 'retirement' }>

/** Promotions and rollbacks logged on the experiments of these versions, oldest first. */
export async function stageChanges(
  context: CometContext,
  name: string,
  versions: readonly Registered[],
): Promise<StageChange[]> {
  const logs = await eachOf(versions, together, (version) => changesOf(context, name, version))
  return logs
    .flat()
    .filter((change) => change.kind !== 'retirement')
    .sort(byOrder)
}

/** When, by whom and why a version was retired, where its log tells. */
export async function loggedRetirement(
  context: CometContext,
  name: string,
  version: Registered,
): Promise<Retirement | null> {
  const changes = await changesOf(context, name, version)
  const found = changes.find((change) => change.kind === 'retirement')
  return found === undefined ? null : { at: found.at, by: found.by, reason: found.reason }
}

export function newStageChange(promotion: Promotion, number: number): StageChange {
  return { formatVersion, ...promotion, scores: { ...promotion.scores }, number, done: false }
}

export function newRetirement(facts: Omit<RetirementChange, 'formatVersion' | 'kind'>): Change {
  return { formatVersion, kind: 'retirement', ...facts }
}

/** Writes a change, or writes it again with `done`, and waits until it is shown. */
export async function logChange(context: CometContext, version: Registered, change: Change): Promise<void> {
  const key = keyOf(change)
  const value = canonicalJson(change)
  await context.api.send({
    what: `Logging the ${change.kind} of ${change.name} ${version.version}`,
    path: '/write/experiment/log-other',
    json: { experimentKey: version.experimentKey, key, value, timestamp: Date.parse(change.at) },
    sent: 'again',
    signal: context.signal,
  })
  await shown(context, `the ${change.kind} in the log`, async () => {
    const values = await loggedValues(context, version)
    return values.get(key) === value ? value : null
  })
}

export function promotionOf(change: StageChange): Promotion {
  const { name, stage, from, to, reason, at, by, scores, kind } = change
  return { name, stage, from, to, reason, at, by, scores, kind }
}

export function lastOf(changes: readonly StageChange[], stage: Stage): StageChange | undefined {
  return changes.findLast((change) => change.stage === stage)
}

async function changesOf(context: CometContext, name: string, version: Registered): Promise<Change[]> {
  const values = await loggedValues(context, version)
  return [...values]
    .filter(([key]) => key.startsWith(keyPrefix))
    .map(([key, value]) => parsed(value, `${key} of experiment ${version.experimentKey}`))
    .filter((change) => change.name === name)
}

async function loggedValues(
  { api, signal }: CometContext,
  { version, experimentKey }: Registered,
): Promise<ReadonlyMap<string, string>> {
  const { values } = await api.get(
    {
      what: `Reading the log of version ${version}`,
      path: '/experiment/log-other',
      query: { experimentKey },
      signal,
    },
    valuesSchema,
  )
  return new Map((values ?? []).map(({ name, valueCurrent }) => [name, String(valueCurrent ?? '')]))
}

function parsed(text: string, where: string): Change {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw damaged(where, 'it is not JSON')
  }
  const result = changeSchema.safeParse(value)
  if (result.success) return result.data
  const found = z.looseObject({ formatVersion: z.number() }).safeParse(value)
  if (found.success && found.data.formatVersion > formatVersion) {
    throw new ModelRegistryError('format-newer', `${where} has a newer format.`, {
      fault: 'input',
      where,
      hint: 'Update the program that reads it.',
    })
  }
  throw damaged(where, 'it lacks what a change of this format holds')
}

/** The same for a change before and after it is done. */
function keyOf(change: Change): string {
  const { kind, at } = change
  const id = kind === 'retirement' ? { kind, at } : { ...change, done: true }
  return `${keyPrefix}${sha256Hex(canonicalJson(id)).slice(0, 16)}`
}

/** Two of one number were made at once: by time, and if that is the same too, by version. */
function byOrder(a: StageChange, b: StageChange): number {
  if (a.number !== b.number) return a.number - b.number
  if (a.at !== b.at) return a.at < b.at ? -1 : 1
  return a.to < b.to ? -1 : 1
}
