import { ModelError } from '../errors.ts'
import type { Recipe } from '../forecaster.ts'
import { defaultRecipe } from '../forecasters/index.ts'
import { at, rowCount, type TrainingMatrix } from '../matrix.ts'
import { seededUniform } from '../random.ts'
import { type Evaluated, EvaluationMemory, type Evaluator, evaluatorFor } from './evaluation.ts'
import { innerRows, judgedBlocks } from './inner-folds.ts'
import { keyOf, nextPoint } from './sampler.ts'
import { isTunable, type Point, searchSpace, type TunableId } from './space.ts'
import { Study, type StudyOptions, type Trial } from './study.ts'
import { memberIds, withTunedMembers } from './tuned-recipe.ts'

export interface SearchOptions {
  /** At the end of the matrix: judge what is found, so the search doesn't read them. */
  readonly testDays: number
  /** At most so many trials for each forecaster, its defaults included. */
  readonly trials: number
  readonly seed: number
  /**
   * How long the search may still go on, in any unit; asked again and again. Each forecaster gets an equal share of
   * what is left. The defaults are judged even when it is 0. Default: for ever.
   */
  readonly timeLeft?: () => number
  /** What an earlier search of the same matrix and seed has evaluated: taken over instead of computed. */
  readonly known?: readonly Evaluated[]
  /** Makes what judges recipes on the rows that may be read. Default: this thread, one after the other. */
  readonly evaluator?: (inner: TrainingMatrix) => Evaluator
  readonly signal?: AbortSignal | undefined
  /** Called after each fit that was judged; the next one of the same thread waits for it. */
  readonly onEvaluated?: (evaluated: Evaluated) => void | Promise<void>
  /** Called after each batch of trials. */
  readonly onProgress?: (progress: SearchProgress) => void
}

export interface SearchProgress {
  readonly id: string
  /** Position among the forecasters searched, from 1, and how many there are. */
  readonly forecaster: number
  readonly forecasters: number
  /** Judged so far, and how many there are to be. */
  readonly trials: number
  readonly planned: number
  /** The best trial judged on all blocks. */
  readonly best: Trial
  readonly defaults: Trial
}

/** The hyper-parameters found for one forecaster. */
export interface Tuned {
  readonly id: string
  readonly best: Trial
  /** The forecaster as it is without a search. */
  readonly defaults: Trial
  /** In the order they were tried; those that were not judged in time are not among them. */
  readonly trials: readonly Trial[]
  /** False where time was up before all trials were made and judged. */
  readonly complete: boolean
}

export interface SearchResult {
  /** In the order of the ids asked for; members of a blend before it. Empty where none has anything to search. */
  readonly tuned: readonly Tuned[]
  /** The rows recipes were judged on: how many, and day numbers of the first and last target. */
  readonly judged: { readonly rows: number; readonly firstDay: number; readonly lastDay: number }
}

/** Trials proposed at once: enough for several threads, few enough to learn from. Part of what a seed gives. */
const BATCH = 8
/** How the defaults are judged. */
const IN_ANY_CASE = { stopPoor: false, inAnyCase: true }

/**
 * Searches hyper-parameters of forecasters on rolling folds that end before the test rows: each block of the two years
 * before them is forecast by a fit on what was known at its first decision. Points come from a tree-structured Parzen
 * estimator after even ones, poor trials are stopped early by successive halving, and the defaults are always the
 * first trial, so that what is found is no worse on these folds. A blend is searched by its members. The same matrix,
 * seed and number of trials give the same result on any number of threads.
 * @throws ModelError `too-few-rows`, `unknown-forecaster`; the reason of an aborted `signal`
 */
export async function searchHyperparameters(
  matrix: TrainingMatrix,
  ids: readonly string[],
  options: SearchOptions,
): Promise<SearchResult> {
  if (!(options.trials >= 1)) {
    throw new ModelError('bad-params', 'a search needs at least one trial', { fault: 'input' })
  }
  const inner = innerRows(matrix, options.testDays)
  const evaluator = (options.evaluator ?? evaluatorFor)(inner)
  const memory = new EvaluationMemory(options.known)
  const wanted = searchOrder(ids)
  const tuned: Tuned[] = []
  for (const [index, id] of wanted.entries()) {
    options.signal?.throwIfAborted()
    const study = new Study({
      seed: options.seed,
      evaluator,
      memory,
      signal: options.signal,
      isOver: shareOf(options.timeLeft, wanted.length - index),
      onEvaluated: options.onEvaluated ?? (() => undefined),
    } satisfies StudyOptions)
    const report = () => {
      const [best, defaults] = bestOf(study)
      const place = { forecaster: index + 1, forecasters: wanted.length }
      const planned = isTunable(id) ? options.trials : study.size
      options.onProgress?.({ id, ...place, trials: study.trials.length, planned, best, defaults })
    }
    await (isTunable(id) ? tuneOne(study, id, options, report) : tuneBlend(study, id, tuned, report))
    const [best, defaults] = bestOf(study)
    tuned.push({ id, best, defaults, trials: study.trials, complete: !study.isCut })
  }
  const blocks = judgedBlocks(inner)
  const [from, to] = [blocks[0]?.start ?? 0, rowCount(inner)]
  return {
    tuned,
    judged: { rows: to - from, firstDay: at(inner.targetDays, from), lastDay: at(inner.targetDays, to - 1) },
  }
}

/** What is searched for these forecasters: members of a blend before the blend, each once. */
function searchOrder(ids: readonly string[]): string[] {
  const order = ids.flatMap((id) => [...memberIds(defaultRecipe(id)), id])
  return [...new Set(order)].filter((id) => isTunable(id) || memberIds(defaultRecipe(id)).some(isTunable))
}

/** Says when an equal share of the time that is left now is over. */
function shareOf(timeLeft: (() => number) | undefined, shares: number): () => boolean {
  if (timeLeft === undefined) return () => false
  const now = timeLeft()
  const until = now === Number.POSITIVE_INFINITY ? 0 : Math.max(0, now * (1 - 1 / shares))
  return () => timeLeft() <= until
}

async function tuneOne(
  study: Study,
  id: TunableId,
  { trials, seed }: SearchOptions,
  report: () => void,
): Promise<void> {
  const space = searchSpace(id)
  const uniform = seededUniform(seed)
  const points = new Map<number, Point>()
  const defaults = defaultRecipe(id)
  await study.judge([defaults], IN_ANY_CASE)
  report()
  while (study.size < trials && !study.isCut) {
    const ranked = study.ranked.flatMap(({ number }) =>
      [points.get(number) ?? []].filter((p) => p.length > 0),
    )
    const taken = new Set(Array.from(points.values(), keyOf))
    const batch: Recipe[] = []
    for (const first = study.size; batch.length < Math.min(BATCH, trials - first);) {
      const point = nextPoint(space, ranked, taken, uniform)
      taken.add(keyOf(point))
      points.set(first + batch.length, point)
      batch.push({ id, params: { ...defaults.params, ...space.params(point) } })
    }
    await study.judge(batch)
    report()
  }
}

/** A blend as it is, and one of the members as found. */
async function tuneBlend(
  study: Study,
  id: string,
  members: readonly Tuned[],
  report: () => void,
): Promise<void> {
  const defaults = defaultRecipe(id)
  await study.judge([defaults], IN_ANY_CASE)
  const found = members.filter(({ best, defaults: unchanged }) => best.number !== unchanged.number)
  if (found.length > 0) {
    const params = new Map(found.map((member) => [member.id, member.best.params]))
    await study.judge([withTunedMembers(defaults, params)], { stopPoor: false })
  }
  report()
}

function bestOf(study: Study): [best: Trial, defaults: Trial] {
  const [best] = study.ranked
  const [defaults] = study.trials
  if (best === undefined || defaults === undefined) throw new Error('the defaults were not judged')
  return [best, defaults]
}
