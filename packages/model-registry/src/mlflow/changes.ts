import { ModelRegistryError } from '../errors.ts'
import { label } from '../reference.ts'
import {
  changeFacts,
  changeScores,
  checkExpected,
  checkHoldsNoStage,
  checkNotRetired,
  nothingToRollBackTo,
  rollbackTarget,
  stagesHeld,
  type Stages,
} from '../stage-rules.ts'
import type { ChangeOptions, ModelRef, Promotion, Stage, StageChangeOptions } from '../types.ts'
import { instant, type Context } from './context.ts'
import { getModel, moveAlias, stagesOf, type RegisteredModel } from './models.ts'
import { dropRecord, newRecord, promotionsOf, settledPromotions, writeRecord } from './promotions.ts'
import { retiredTag, retirementText } from './tags.ts'
import {
  claimsOf,
  deleteVersionTag,
  factsOf,
  findVersion,
  readyOf,
  requireVersion,
  retirementOf,
  searchVersions,
  setVersionTag,
  type StoredVersion,
} from './versions.ts'

/** A name with all that is kept of it. */
export interface NameState {
  readonly model: RegisteredModel
  /** In semantic order, the ones that are ready. */
  readonly versions: readonly StoredVersion[]
  readonly stages: Stages
}

export async function nameState(context: Context, name: string): Promise<NameState> {
  const [model, found] = await Promise.all([getModel(context, name), searchVersions(context, name)])
  const versions = readyOf(claimsOf(found))
  return { model, versions, stages: stagesOf(model, versions) }
}

export async function history(context: Context, name: string): Promise<Promotion[]> {
  const { model, stages } = await nameState(context, name)
  return promotionsOf(model, stages)
}

export async function promote(
  context: Context,
  ref: ModelRef,
  stage: Stage,
  options: StageChangeOptions,
): Promise<Promotion> {
  const { name, version } = ref
  const target = await requireVersion(context, name, version)
  checkNotRetired(ref, retirementOf(target))
  const state = await nameState(context, name)
  checkExpected(name, stage, options, state.stages[stage])
  return change(context, state, { target, stage, kind: 'promotion' }, options)
}

export async function rollback(
  context: Context,
  name: string,
  stage: Stage,
  options: StageChangeOptions,
): Promise<Promotion> {
  const state = await nameState(context, name)
  const current = state.stages[stage]
  checkExpected(name, stage, options, current)
  const retired = new Set(
    state.versions.filter((stored) => retirementOf(stored) !== null).map(({ version }) => version),
  )
  const past = promotionsOf(state.model, state.stages)
  const to = rollbackTarget(past, stage, current, (version) => retired.has(version))
  if (to === null) throw nothingToRollBackTo(name, stage)
  const target = await requireVersion(context, name, to)
  return change(context, state, { target, stage, kind: 'rollback' }, options)
}

/** `stage-conflict` also where it gets a stage at the same moment: then it stays in use. */
export async function retire(
  context: Context,
  ref: ModelRef,
  options: ChangeOptions,
): Promise<StoredVersion> {
  const { name, version } = ref
  const facts = changeFacts(options, context.settings.by)
  const stored = await requireVersion(context, name, version)
  if (retirementOf(stored) !== null) return stored
  const held = async () => stagesHeld((await nameState(context, name)).stages, version)
  checkHoldsNoStage(ref, await held())
  await setVersionTag(context, stored, retiredTag, retirementText({ at: instant(context), ...facts }))
  const since = await held()
  if (since.length > 0) {
    await deleteVersionTag(context, stored, retiredTag)
    checkHoldsNoStage(ref, since)
  }
  return requireVersion(context, name, version)
}

interface StageChange {
  readonly target: StoredVersion
  readonly stage: Stage
  readonly kind: Promotion['kind']
}

/**
 * Record, alias, record: see `promotionsOf`. Before the last of them it is read back, so that two changes at once
 * notice each other: what came to nothing leaves no record.
 */
async function change(
  context: Context,
  { model, stages }: NameState,
  { target, stage, kind }: StageChange,
  options: StageChangeOptions,
): Promise<Promotion> {
  const { name, version: to } = target
  const facts = changeFacts(options, context.settings.by)
  const scores = changeScores(options, (await factsOf(context, target)).metrics)
  const { next } = await settledPromotions(context, model, stages)
  const at = instant(context)
  const promotion: Promotion = { name, stage, from: stages[stage], to, kind, scores, at, ...facts }
  const record = newRecord(promotion, next)
  await writeRecord(context, record, 'begun')
  await moveAlias(context, name, stage, target.number)
  const [after, since] = await Promise.all([getModel(context, name), findVersion(context, name, to)])
  const retired = since === null ? null : retirementOf(since)
  if (after.aliases.get(stage) !== target.number) {
    await dropRecord(context, record)
    throw overtaken(target, stage)
  }
  if (retired !== null) {
    await moveAlias(context, name, stage, model.aliases.get(stage))
    await dropRecord(context, record)
    checkNotRetired(target, retired)
  }
  await writeRecord(context, record, 'done')
  return promotion
}

function overtaken(target: StoredVersion, stage: Stage): ModelRegistryError {
  return new ModelRegistryError(
    'stage-conflict',
    `${label(target)} is not in ${stage}: another run promoted at the same time.`,
    { where: target.name, hint: 'Compare with the version that holds the stage now, then decide again.' },
  )
}
