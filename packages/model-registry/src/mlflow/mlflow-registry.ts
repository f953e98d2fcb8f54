import { checkBacktest } from '../backtest.ts'
import { ModelRegistryError, throwIfAborted } from '../errors.ts'
import { checkPackage, contentSha256 } from '../package-content.ts'
import { readPackage } from '../package-files.ts'
import { checkName, checkVersion, isName } from '../reference.ts'
import { changeFacts, checkStage, stagesHeld } from '../stage-rules.ts'
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
  RollbackOptions,
  Selector,
  Stage,
} from '../types.ts'
import type { Api } from './api.ts'
import { artifactSource } from './artifacts.ts'
import { history, nameState, promote, retire, rollback } from './changes.ts'
import type { Context } from './context.ts'
import { getModel, stageHolder, stagesOf } from './models.ts'
import { publishContent } from './publish.ts'
import type { Settings } from './settings.ts'
import {
  factsOf,
  findVersion,
  requireVersion,
  retirementOf,
  searchVersions,
  type StoredVersion,
} from './versions.ts'

/** Holds no state of its own but whether it is closed. */
export class MlflowRegistry implements ModelRegistry {
  readonly kind = 'mlflow'
  readonly capabilities = { atomicPromotion: false } as const
  readonly #api: Api
  readonly #settings: Settings
  #closed = false

  constructor(api: Api, settings: Settings) {
    this.#api = api
    this.#settings = settings
  }

  async publish(pkg: ModelPackage, options: PublishOptions): Promise<PublishResult> {
    const context = this.#begin(options.name, options)
    if (options.version !== undefined) checkVersion(options.version)
    if (options.backtest !== undefined) checkBacktest(options.backtest)
    const content = { pkg, texts: await checkPackage(pkg), digest: contentSha256(pkg) }
    const { stored, created } = await publishContent(context, content, options)
    return { version: await this.#described(context, stored), created }
  }

  async names(options: CallOptions = {}): Promise<string[]> {
    const versions = (await searchVersions(this.#context(options))).filter(({ status }) => status === 'READY')
    return [...new Set(versions.map(({ name }) => name))].filter(isName).sort()
  }

  async list(name: string, options: CallOptions = {}): Promise<ModelVersion[]> {
    const context = this.#begin(name, options)
    const { versions, stages } = await nameState(context, name)
    const found: ModelVersion[] = []
    for (const stored of versions) {
      found.push(await asModelVersion(context, stored, stagesHeld(stages, stored.version)))
    }
    return found
  }

  async resolve(name: string, selector: Selector, options: CallOptions = {}): Promise<ModelVersion | null> {
    const context = this.#begin(name, options)
    if (selector === 'latest') {
      const { versions, stages } = await nameState(context, name)
      const latest = versions.findLast((stored) => retirementOf(stored) === null)
      return latest === undefined ? null : asModelVersion(context, latest, stagesHeld(stages, latest.version))
    }
    if ('version' in selector) {
      const stored = await findVersion(context, name, selector.version)
      return stored === null ? null : this.#described(context, stored)
    }
    checkStage(selector.stage)
    const holder = await stageHolder(context, name, selector.stage)
    return holder === null ? null : asModelVersion(context, holder.stored, holder.stages)
  }

  async fetch(ref: ModelRef, options: CallOptions = {}): Promise<ModelPackage> {
    const { name, version } = ref
    const context = this.#begin(name, options)
    const stored = await requireVersion(context, name, version)
    return (await readPackage(artifactSource(context, stored), { name, version })).pkg
  }

  async promote(ref: ModelRef, stage: Stage, options: PromoteOptions): Promise<Promotion> {
    return promote(this.#beginChange(ref.name, stage, options), ref, stage, options)
  }

  async rollback(name: string, stage: Stage, options: RollbackOptions): Promise<Promotion> {
    return rollback(this.#beginChange(name, stage, options), name, stage, options)
  }

  async retire(ref: ModelRef, options: ChangeOptions): Promise<ModelVersion> {
    const context = this.#begin(ref.name, options)
    return this.#described(context, await retire(context, ref, options))
  }

  async history(name: string, options: CallOptions = {}): Promise<Promotion[]> {
    return history(this.#begin(name, options), name)
  }

  close(): Promise<void> {
    this.#closed = true
    return Promise.resolve()
  }

  async #described(context: Context, stored: StoredVersion): Promise<ModelVersion> {
    const stages = stagesOf(await getModel(context, stored.name), [stored])
    return asModelVersion(context, stored, stagesHeld(stages, stored.version))
  }

  #beginChange(name: string, stage: Stage, options: PromoteOptions): Context {
    const context = this.#begin(name, options)
    checkStage(stage)
    changeFacts(options, this.#settings.by)
    return context
  }

  #begin(name: string, options: CallOptions): Context {
    const context = this.#context(options)
    checkName(name)
    return context
  }

  #context({ signal }: CallOptions): Context {
    if (this.#closed) {
      throw new ModelRegistryError('closed', 'The model registry is closed.', {
        where: this.#settings.baseUrl,
      })
    }
    throwIfAborted(signal)
    return { api: this.#api, settings: this.#settings, signal }
  }
}

async function asModelVersion(
  context: Context,
  stored: StoredVersion,
  stages: readonly Stage[],
): Promise<ModelVersion> {
  return { ...(await factsOf(context, stored)), stages, retired: retirementOf(stored) }
}
