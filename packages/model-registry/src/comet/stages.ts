import { ModelRegistryError } from '../errors.ts'
import { label } from '../reference.ts'
import { retrying } from '../retrying.ts'
import { checkExpected } from '../stage-rules.ts'
import type { Promotion, Stage, StageChangeOptions } from '../types.ts'
import {
  lastOf,
  logChange,
  newStageChange,
  promotionOf,
  stageChanges,
  type StageChange,
} from './change-log.ts'
import {
  demandVersion,
  readVersions,
  shown,
  shownSoon,
  type CometContext,
  type Registered,
} from './registered.ts'

/** What is about to change. */
export interface StagePlan {
  readonly name: string
  readonly stage: Stage
  readonly to: string
  readonly kind: Promotion['kind']
  readonly options: StageChangeOptions
  /** What the promotion will say beside from and to. */
  readonly facts: Pick<Promotion, 'reason' | 'by' | 'scores' | 'at'>
}

/**
 * The version that holds a stage. Comet lets several bear it, and two that change it at once can leave any number:
 * then the last change in the log decides, the same for everyone who looks.
 */
export async function holderOf(
  context: CometContext,
  name: string,
  versions: readonly Registered[],
  stage: Stage,
): Promise<string | null> {
  const tagged = versions.filter(({ tags }) => tags.includes(stage))
  if (tagged.length === 1) return tagged[0]?.version ?? null
  const among = tagged.length === 0 ? versions : tagged
  const changes = await stageChanges(context, name, among)
  const candidates = new Set(among.map(({ version }) => version))
  const last = changes.findLast((change) => change.stage === stage && candidates.has(change.to))
  const holder = last?.to ?? tagged.at(-1)?.version ?? null
  if (tagged.length > 1) {
    const all = tagged.map(({ version }) => version).join(', ')
    const message = `${all} of ${name} bear ${stage}; ${holder ?? ''} was promoted last`
    context.settings.progress({ step: 'conflict', message })
  }
  return holder
}

/** Promotions and rollbacks of a name that were carried out, oldest first. */
export async function carriedOut(
  context: CometContext,
  name: string,
  versions: readonly Registered[],
): Promise<Promotion[]> {
  const changes = await stageChanges(context, name, versions)
  const kept: Promotion[] = []
  for (const change of changes) {
    const open = !change.done && lastOf(changes, change.stage) === change
    if (change.done || (open && (await holderOf(context, name, versions, change.stage)) === change.to)) {
      kept.push(promotionOf(change))
    }
  }
  return kept
}

/**
 * Logs the change, gives the stage to the new holder, takes it from the others, logs that it is done. Broken off
 * anywhere, the same change goes on where it stopped; until then the old holder or the new one holds the stage.
 * @throws ModelRegistryError `stage-conflict`
 */
export async function changeStage(context: CometContext, plan: StagePlan): Promise<Promotion> {
  const { name, stage, to, kind, options, facts } = plan
  const versions = (await readVersions(context, name)) ?? []
  const target = demandVersion(versions, { name, version: to })
  const holder = await holderOf(context, name, versions, stage)
  const changes = await stageChanges(context, name, versions)
  const open = openChange(changes, plan, holder)
  if (open === undefined) checkExpected(name, stage, options, holder)
  const number = Math.max(0, ...changes.map((change) => change.number)) + 1
  const change = open ?? newStageChange({ name, stage, from: holder, to, kind, ...facts }, number)
  context.settings.progress({ step: 'stage', message: `${label({ name, version: to })} to ${stage}` })
  if (open === undefined) await logChange(context, target, change)
  await addTag(context, name, target, stage)
  const seen = await shown(context, `${stage} of ${label({ name, version: to })}`, async () => {
    const now = await readVersions(context, name)
    return now?.some(({ version, tags }) => version === to && tags.includes(stage)) === true ? now : null
  })
  const winner = await holderOf(context, name, seen, stage)
  if (winner !== to) {
    await removeTag(context, name, demandVersion(seen, { name, version: to }), stage)
    throw overtaken(name, stage, winner)
  }
  for (const other of seen) {
    if (other.version !== to && other.tags.includes(stage)) await removeTag(context, name, other, stage)
  }
  await logChange(context, target, { ...change, done: true })
  return promotionOf(change)
}

/** The same change, logged but never finished, if the last one is that. */
function openChange(
  changes: readonly StageChange[],
  { stage, to, kind, options }: StagePlan,
  holder: string | null,
): StageChange | undefined {
  const last = lastOf(changes, stage)
  if (last === undefined || last.done || last.to !== to || last.kind !== kind) return undefined
  const meant = options.expectedCurrent === undefined || options.expectedCurrent === last.from
  return meant && (holder === last.from || holder === to) ? last : undefined
}

/** A GET that changes something, and an error where it did so before: so it is looked at first and after. */
export async function addTag(
  context: CometContext,
  name: string,
  version: Registered,
  tag: string,
): Promise<void> {
  if (version.tags.includes(tag)) return
  const { api, settings, signal } = context
  const isThere = async (): Promise<true | null> => {
    const now = (await readVersions(context, name))?.find(({ itemId }) => itemId === version.itemId)
    return now?.tags.includes(tag) === true ? true : null
  }
  await retrying(settings.clock, signal, {
    attempt: async () => {
      await api.send({
        what: `Giving ${tag} to ${label({ name, version: version.version })}`,
        path: '/write/registry-model/item/stage',
        query: { modelItemId: version.itemId, stage: tag },
        sent: 'once',
        signal,
      })
      return true
    },
    look: () => shownSoon(context, isThere),
  }).catch(async (error: unknown) => {
    const refused = ModelRegistryError.isInstance(error) && error.code === 'registry-refused'
    if (!refused || (await shownSoon(context, isThere)) === null) throw error
  })
}

/** The whole list is written, and the comment with it: left out, it would be cleared. */
async function removeTag(
  context: CometContext,
  name: string,
  { itemId, version, comment, tags }: Registered,
  tag: string,
): Promise<void> {
  const { api, signal } = context
  const ref = label({ name, version })
  await api.send({
    what: `Taking ${tag} from ${ref}`,
    path: '/write/registry-model/item/update',
    json: { registryModelItemId: itemId, comment, stages: tags.filter((other) => other !== tag) },
    sent: 'again',
    signal,
  })
  await shown(context, `${ref} without ${tag}`, async () => {
    const now = (await readVersions(context, name))?.find((other) => other.itemId === itemId)
    return now?.tags.includes(tag) === true ? null : true
  })
}

function overtaken(name: string, stage: Stage, winner: string | null): ModelRegistryError {
  return new ModelRegistryError(
    'stage-conflict',
    `${winner ?? 'No version'} of ${name} is in ${stage}: another run promoted at the same time.`,
    { where: name, hint: 'Compare with the version that holds the stage now, then decide again.' },
  )
}
