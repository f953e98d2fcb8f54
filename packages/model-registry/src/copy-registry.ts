import { stageNames } from './stage-rules.ts'
import type { CallOptions, ModelRegistry, Promotion, Stage } from './types.ts'

export interface CopyOptions extends CallOptions {
  readonly names: readonly string[]
  /** Where the models come from, for the reasons of the copied promotions. */
  readonly from: string
  /** Before each version: the model's name, how many of its versions are done, of how many. */
  readonly onVersion?: (name: string, done: number, total: number) => void
}

export interface CopiedModel {
  readonly name: string
  /** In the source. */
  readonly versions: number
  /** Versions and stages that were new to the target. */
  readonly created: number
  readonly promoted: number
  readonly retired: number
}

/**
 * Publishes every version in the target under its own number, then retires and promotes what is retired and
 * promoted in the source. Again, it goes on where it stopped. The target's history begins with the copy.
 * @throws ModelRegistryError `version-conflict` where the target has another content under a number
 */
export async function copyRegistry(
  source: ModelRegistry,
  target: ModelRegistry,
  { names, from, signal, onVersion }: CopyOptions,
): Promise<CopiedModel[]> {
  const models: CopiedModel[] = []
  for (const name of names) {
    const versions = await source.list(name, { signal })
    const history = await source.history(name, { signal })
    const counts = { created: 0, promoted: 0, retired: 0 }
    for (const [i, { version, stages, retired }] of versions.entries()) {
      onVersion?.(name, i, versions.length)
      const ref = { name, version }
      const published = await target.publish(await source.fetch(ref, { signal }), { ...ref, signal })
      if (published.created) counts.created += 1
      if (retired !== null && published.version.retired === null) {
        await target.retire(ref, { reason: retired.reason, signal, ...authorOf(retired.by) })
        counts.retired += 1
      }
      for (const stage of stageNames.filter((held) => stages.includes(held))) {
        if (published.version.stages.includes(stage)) continue
        await target.promote(ref, stage, promotionOf(history, stage, from, signal))
        counts.promoted += 1
      }
    }
    models.push({ name, versions: versions.length, ...counts })
  }
  return models
}

/** As the source tells it; the reason says that it was copied. */
function promotionOf(
  history: readonly Promotion[],
  stage: Stage,
  from: string,
  signal: AbortSignal | undefined,
) {
  const last = history.findLast((promotion) => promotion.stage === stage)
  if (last === undefined) return { reason: `copied from ${from}`, signal }
  const reason = `copied from ${from}, promoted ${last.at}: ${last.reason}`.slice(0, 1000)
  return { reason, scores: last.scores, signal, ...authorOf(last.by) }
}

function authorOf(by: string | null): { readonly by?: string } {
  return by === null ? {} : { by }
}
