import { ModelRegistryError } from './errors.ts'
import { label } from './reference.ts'
import type { ModelRef, Promotion, Retirement, Stage, StageChangeOptions } from './types.ts'

const reasonLimit = 1000
const byLimit = 200
const scoreLimit = 32

/** The version that holds each stage. */
export type Stages = Readonly<Record<Stage, string | null>>

export const stageNames: readonly Stage[] = ['production', 'candidate']
export const noStages: Stages = { production: null, candidate: null }

/** What is kept of a change beside what it changes. */
export interface ChangeFacts {
  readonly reason: string
  readonly by: string | null
}

/**
 * Reason and author of a change; `by` is what the registry was opened with.
 * @throws ModelRegistryError `bad-arguments`
 */
export function changeFacts(
  options: { readonly reason: string; readonly by?: string },
  by: string | undefined,
): ChangeFacts {
  const author = options.by ?? by ?? null
  checkLength('reason', options.reason, reasonLimit)
  if (author !== null) checkLength('by', author, byLimit)
  return { reason: options.reason, by: author }
}

/**
 * The scores given or, by default, the metrics of the version, as many as are kept.
 * @throws ModelRegistryError `bad-arguments`
 */
export function changeScores(
  { scores }: Pick<StageChangeOptions, 'scores'>,
  metrics: Readonly<Record<string, number>>,
): Record<string, number> {
  if (scores === undefined) return Object.fromEntries(Object.entries(metrics).slice(0, scoreLimit))
  const entries = Object.entries(scores)
  if (entries.length > scoreLimit) {
    throw badArgument('scores', `there are ${String(entries.length)}`, `Give at most ${String(scoreLimit)}.`)
  }
  const odd = entries.find(([, score]) => !Number.isFinite(score))
  if (odd !== undefined) throw badArgument('scores', `${odd[0]} is ${String(odd[1])}`, 'Give finite numbers.')
  return { ...scores }
}

/** @throws ModelRegistryError `bad-arguments` for a stage that is none */
export function checkStage(stage: Stage): void {
  if (stageNames.includes(stage)) return
  throw badArgument('stage', `it is "${stage as string}"`, `Use ${stageNames.join(' or ')}.`)
}

/**
 * The version a stage goes back to: the one that held it before, in the order of a stack, since a rollback takes
 * its version off. Retired ones are passed over; `null` where there is none.
 * @param history of the name, oldest first
 */
export function rollbackTarget(
  history: readonly Promotion[],
  stage: Stage,
  current: string | null,
  isRetired: (version: string) => boolean,
): string | null {
  const held: string[] = []
  for (const { stage: changed, kind, to } of history) {
    if (changed !== stage) continue
    if (kind === 'rollback') while (held.length > 0 && held.at(-1) !== to) held.pop()
    if (held.at(-1) !== to) held.push(to)
  }
  return held.findLast((version) => version !== current && !isRetired(version)) ?? null
}

/** @throws ModelRegistryError `stage-conflict` where `expectedCurrent` is given and another version holds the stage */
export function checkExpected(
  name: string,
  stage: Stage,
  { expectedCurrent: expected }: Pick<StageChangeOptions, 'expectedCurrent'>,
  actual: string | null,
): void {
  if (expected === undefined || expected === actual) return
  const holder = (version: string | null): string => version ?? 'no version'
  throw new ModelRegistryError(
    'stage-conflict',
    `${holder(actual)} of ${name} is in ${stage}, not ${holder(expected)}: another run has promoted.`,
    { where: name, hint: 'Compare with the version that holds the stage now, then decide again.' },
  )
}

/** @throws ModelRegistryError `stage-conflict` for a retired version, which is not promoted again */
export function checkNotRetired(ref: ModelRef, retired: Retirement | null): void {
  if (retired === null) return
  throw new ModelRegistryError(
    'stage-conflict',
    `${label(ref)} was retired on ${retired.at}: ${retired.reason}`,
    {
      fault: 'input',
      where: label(ref),
      hint: 'Promote another version, or publish the model again: that makes a new one.',
    },
  )
}

/** @throws ModelRegistryError `stage-conflict` for a version that holds a stage, which cannot be retired */
export function checkHoldsNoStage(ref: ModelRef, held: readonly Stage[]): void {
  if (held.length === 0) return
  throw new ModelRegistryError('stage-conflict', `${label(ref)} holds ${held.join(' and ')}.`, {
    fault: 'input',
    where: label(ref),
    hint: 'Promote another version or roll back first, then retire this one.',
  })
}

export function nothingToRollBackTo(name: string, stage: Stage): ModelRegistryError {
  return new ModelRegistryError('not-found', `No version of ${name} held ${stage} before.`, {
    fault: 'input',
    where: name,
    hint: 'Promote a version by its number instead.',
  })
}

/** The stages a version holds. */
export function stagesHeld(stages: Stages, version: string): Stage[] {
  return stageNames.filter((stage) => stages[stage] === version)
}

function checkLength(what: string, text: string, limit: number): void {
  const { length } = text
  if (length > 0 && length <= limit) return
  throw badArgument(what, `it has ${String(length)} characters`, `Give 1 to ${String(limit)} characters.`)
}

function badArgument(what: string, problem: string, hint: string): ModelRegistryError {
  return new ModelRegistryError('bad-arguments', `The ${what} cannot be used: ${problem}.`, {
    fault: 'input',
    where: what,
    hint,
  })
}
