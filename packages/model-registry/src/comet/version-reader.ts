import { readFacts, readPackage, type PackageSource, type VersionFacts } from '../package-files.ts'
import { label } from '../reference.ts'
import { stageNames } from '../stage-rules.ts'
import type { ModelPackage, ModelVersion, Retirement } from '../types.ts'
import { loggedRetirement } from './change-log.ts'
import type { CometContext, Registered } from './registered.ts'
import { holderOf } from './stages.ts'
import { zipSource } from './zip-source.ts'

/** The tag of a retired version. */
export const retiredTag = 'retired'

/** Reads what versions hold. What a version says of itself never changes, so it is read once. */
export class VersionReader {
  readonly #facts = new Map<string, VersionFacts>()
  /** The last zip: whoever asks for a version mostly fetches it next. */
  #last: { readonly itemId: string; readonly source: PackageSource } | undefined

  /** @param versions all of the name: who holds a stage that several bear is told by the others */
  async read(
    context: CometContext,
    name: string,
    registered: Registered,
    versions: readonly Registered[],
  ): Promise<ModelVersion> {
    const { itemId, version, tags } = registered
    const facts =
      this.#facts.get(itemId) ??
      (await readFacts(await this.#source(context, name, registered), { name, version }))
    this.#facts.set(itemId, facts)
    const stages: ModelVersion['stages'][number][] = []
    for (const stage of stageNames.filter((held) => tags.includes(held))) {
      if ((await holderOf(context, name, versions, stage)) === version) stages.push(stage)
    }
    return { ...facts, stages, retired: await retirementOf(context, name, registered) }
  }

  async fetch(context: CometContext, name: string, registered: Registered): Promise<ModelPackage> {
    const source = await this.#source(context, name, registered)
    const { facts, pkg } = await readPackage(source, { name, version: registered.version })
    this.#facts.set(registered.itemId, facts)
    return pkg
  }

  async #source(
    context: CometContext,
    name: string,
    { itemId, version }: Registered,
  ): Promise<PackageSource> {
    if (this.#last?.itemId === itemId) return this.#last.source
    const { api, settings, signal } = context
    const bytes = await api.send({
      what: `Downloading ${label({ name, version })}`,
      path: '/registry-model/item/download',
      query: { workspaceName: settings.workspace, modelName: name, version },
      signal,
    })
    const source = await zipSource(bytes ?? new Uint8Array(), `the zip of ${label({ name, version })}`)
    this.#last = { itemId, source }
    return source
  }
}

export function isRetired({ tags }: Registered): boolean {
  return tags.includes(retiredTag)
}

/** `null` for a version in use. Somebody may have put the tag by hand. */
export async function retirementOf(
  context: CometContext,
  name: string,
  version: Registered,
): Promise<Retirement | null> {
  if (!isRetired(version)) return null
  const logged = await loggedRetirement(context, name, version)
  return logged ?? { at: new Date(version.updatedAt).toISOString(), by: null, reason: 'retired in Comet' }
}
