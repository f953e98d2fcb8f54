import { ModelRegistryError, type ModelRegistryErrorCode } from '../errors.ts'
import { label } from '../reference.ts'
import type {
  CallOptions,
  ChangeOptions,
  ModelPackage,
  ModelRef,
  ModelRegistry,
  ModelVersion,
  PromoteOptions,
  Promotion,
  PublishOptions,
  PublishResult,
  RegistryCapabilities,
  RollbackOptions,
  Selector,
  Stage,
} from '../types.ts'
import type { Answer, ChampionFolder, Question } from './champion-folder.ts'

/** Errors that say the registry cannot give what it has; everything else is passed on. */
const down: readonly ModelRegistryErrorCode[] = [
  'registry-unavailable',
  'registry-unreadable',
  'rate-limited',
  'unauthorized',
  'bad-answer',
  'package-damaged',
]

export class CachedRegistry implements ModelRegistry {
  readonly kind: string
  readonly capabilities: RegistryCapabilities
  readonly #registry: ModelRegistry
  readonly #cache: ChampionFolder
  readonly #now: () => number
  readonly #warn: (message: string) => void
  /** Resolved, not fetched yet: kept once they are. */
  readonly #open = new Map<string, { readonly question: Question; readonly version: ModelVersion }[]>()
  /** Given out of the cache: fetched from there too, without asking again. */
  readonly #given = new Set<string>()

  constructor(
    registry: ModelRegistry,
    cache: ChampionFolder,
    now: () => number,
    warn: (message: string) => void,
  ) {
    this.kind = registry.kind
    this.capabilities = registry.capabilities
    this.#registry = registry
    this.#cache = cache
    this.#now = now
    this.#warn = warn
  }

  async resolve(name: string, selector: Selector, options: CallOptions = {}): Promise<ModelVersion | null> {
    const question = questionOf(selector)
    if (question === null) return this.#registry.resolve(name, selector, options)
    let version: ModelVersion | null
    try {
      version = await this.#registry.resolve(name, selector, options)
    } catch (error) {
      const { version: last, at } = await this.#lastAnswer(error, name, question)
      this.#given.add(label(last))
      return { ...last, cached: { since: at, because: messageOf(error) } }
    }
    await this.#orWarn(() => this.#take(name, question, version))
    return version
  }

  async fetch(ref: ModelRef, options: CallOptions = {}): Promise<ModelPackage> {
    if (this.#given.has(label(ref))) return this.#cache.fetch(ref)
    let pkg: ModelPackage
    try {
      pkg = await this.#registry.fetch(ref, options)
    } catch (error) {
      if (!isDown(error)) throw error
      return await this.#cache.fetch(ref).catch(() => {
        throw error
      })
    }
    await this.#orWarn(() => this.#keep(ref, pkg))
    return pkg
  }

  publish(pkg: ModelPackage, options: PublishOptions): Promise<PublishResult> {
    return this.#registry.publish(pkg, options)
  }

  names(options?: CallOptions): Promise<string[]> {
    return this.#registry.names(options)
  }

  list(name: string, options?: CallOptions): Promise<ModelVersion[]> {
    return this.#registry.list(name, options)
  }

  promote(ref: ModelRef, stage: Stage, options: PromoteOptions): Promise<Promotion> {
    return this.#registry.promote(ref, stage, options)
  }

  rollback(name: string, stage: Stage, options: RollbackOptions): Promise<Promotion> {
    return this.#registry.rollback(name, stage, options)
  }

  retire(ref: ModelRef, options: ChangeOptions): Promise<ModelVersion> {
    return this.#registry.retire(ref, options)
  }

  history(name: string, options?: CallOptions): Promise<Promotion[]> {
    return this.#registry.history(name, options)
  }

  close(): Promise<void> {
    return this.#registry.close()
  }

  async #take(name: string, question: Question, version: ModelVersion | null): Promise<void> {
    if (version === null) {
      await this.#cache.forget(name, question)
      return
    }
    this.#given.delete(label(version))
    if (await this.#cache.holds(version)) {
      await this.#cache.remember(question, version, this.#instant())
    } else {
      const open = this.#open.get(label(version)) ?? []
      this.#open.set(label(version), [...open, { question, version }])
    }
  }

  async #keep(ref: ModelRef, pkg: ModelPackage): Promise<void> {
    for (const { question, version } of this.#open.get(label(ref)) ?? []) {
      await this.#cache.keep(version, pkg)
      await this.#cache.remember(question, version, this.#instant())
    }
    this.#open.delete(label(ref))
  }

  /** @throws ModelRegistryError the registry's own where it is not down, or the cache has nothing sound */
  async #lastAnswer(error: unknown, name: string, question: Question): Promise<Answer> {
    if (!isDown(error)) throw error
    let lacks = 'it has never seen one'
    const answer = await this.#cache.recall(name, question).catch((reason: unknown) => {
      lacks = messageOf(reason)
      return null
    })
    if (answer !== null) return answer
    const { code, message, fault, retryable, hint, where } = error
    throw new ModelRegistryError(
      code,
      `${message} The cache has no ${question} version of ${name}: ${lacks}`,
      {
        fault,
        retryable,
        hint,
        where,
        cause: error,
      },
    )
  }

  /** The registry has answered: what the cache cannot keep is no reason to fail. */
  async #orWarn(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.#warn(`The cache of the registry cannot be written: ${messageOf(error)}`)
    }
  }

  #instant(): string {
    return new Date(this.#now()).toISOString()
  }
}

function questionOf(selector: Selector): Question | null {
  if (selector === 'latest') return selector
  return 'stage' in selector ? selector.stage : null
}

function isDown(error: unknown): error is ModelRegistryError {
  return ModelRegistryError.isInstance(error) && down.includes(error.code)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
