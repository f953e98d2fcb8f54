import { checkBacktest } from '../backtest.ts'
import { ModelRegistryError, throwIfAborted } from '../errors.ts'
import { checkPackage, contentSha256 } from '../package-content.ts'
import { checkVersion } from '../reference.ts'
import {
  changeFacts,
  changeScores,
  checkExpected,
  checkHoldsNoStage,
  checkNotRetired,
  checkStage,
  nothingToRollBackTo,
  rollbackTarget,
  stageNames,
} from '../stage-rules.ts'
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
  StageChangeOptions,
} from '../types.ts'
import type { Api } from './api.ts'
import { loggedRetirement, logChange, newRetirement } from './change-log.ts'
import { publish } from './publishing.ts'
import {
  checkCometName,
  checkCometRef,
  demandVersion,
  readVersions,
  registeredNames,
  shown,
  type CometContext,
  type Registered,
} from './registered.ts'
import type { Settings } from './settings.ts'
import { addTag, carriedOut, changeStage, holderOf } from './stages.ts'
import { isRetired, retiredTag, retirementOf, VersionReader } from './version-reader.ts'

export class CometRegistry implements ModelRegistry {
  readonly kind = 'comet'
  readonly capabilities = { atomicPromotion: false } as const
  readonly #api: Api
  readonly #settings: Settings
  readonly #reader = new VersionReader()
  /** Changes of this registry go one after another: Comet itself keeps nobody apart. */
  #turn: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor(api: Api, settings: Settings) {
    this.#api = api
    this.#settings = settings
  }

  async publish(pkg: ModelPackage, options: PublishOptions): Promise<PublishResult> {
    const { name, version, backtest, signal } = options
    const context = this.#begin(signal)
    checkCometName(name)
    if (version !== undefined) checkVersion(version)
    if (backtest !== undefined) checkBacktest(backtest)
    const texts = await checkPackage(pkg)
    const digest = contentSha256(pkg)
    return this.#inTurn(() =>
      publish(context, this.#reader, { pkg, texts, digest, options, at: this.#now() }),
    )
  }

  async names({ signal }: CallOptions = {}): Promise<string[]> {
    return registeredNames(this.#begin(signal))
  }

  async list(name: string, { signal }: CallOptions = {}): Promise<ModelVersion[]> {
    const context = this.#begin(signal)
    checkCometName(name)
    const versions = (await readVersions(context, name)) ?? []
    const found: ModelVersion[] = []
    for (const version of versions) found.push(await this.#reader.read(context, name, version, versions))
    return found
  }

  async resolve(
    name: string,
    selector: Selector,
    { signal }: CallOptions = {},
  ): Promise<ModelVersion | null> {
    const context = this.#begin(signal)
    checkCometName(name)
    if (typeof selector === 'object' && 'version' in selector) checkVersion(selector.version)
    const versions = (await readVersions(context, name)) ?? []
    const number = await select(context, name, versions, selector)
    const found = versions.find(({ version }) => version === number)
    return found === undefined ? null : this.#reader.read(context, name, found, versions)
  }

  async fetch(ref: ModelRef, { signal }: CallOptions = {}): Promise<ModelPackage> {
    const context = this.#begin(signal)
    checkCometRef(ref)
    const version = demandVersion(await readVersions(context, ref.name), ref)
    return this.#reader.fetch(context, ref.name, version)
  }

  async promote(ref: ModelRef, stage: Stage, options: PromoteOptions): Promise<Promotion> {
    const context = this.#begin(options.signal)
    checkCometRef(ref)
    return this.#inTurn(() =>
      this.#change(context, ref.name, stage, options, () =>
        Promise.resolve({ to: ref.version, kind: 'promotion' }),
      ),
    )
  }

  async rollback(name: string, stage: Stage, options: RollbackOptions): Promise<Promotion> {
    const context = this.#begin(options.signal)
    checkCometName(name)
    return this.#inTurn(() =>
      this.#change(context, name, stage, options, async (versions) => {
        const history = await carriedOut(context, name, versions)
        const current = await holderOf(context, name, versions, stage)
        checkExpected(name, stage, options, current)
        const retired = new Set(versions.filter(isRetired).map(({ version }) => version))
        const to = rollbackTarget(history, stage, current, (version) => retired.has(version))
        if (to === null) throw nothingToRollBackTo(name, stage)
        return { to, kind: 'rollback' }
      }),
    )
  }

  async retire(ref: ModelRef, options: ChangeOptions): Promise<ModelVersion> {
    const { name, version } = ref
    const context = this.#begin(options.signal)
    checkCometRef(ref)
    const facts = changeFacts(options, this.#settings.by)
    return this.#inTurn(async () => {
      const versions = (await readVersions(context, name)) ?? []
      const target = demandVersion(versions, ref)
      if (isRetired(target)) return this.#reader.read(context, name, target, versions)
      checkHoldsNoStage(ref, await stagesOf(context, name, versions, version))
      // A retirement that was broken off is logged already.
      if ((await loggedRetirement(context, name, target)) === null) {
        await logChange(context, target, newRetirement({ name, version, at: this.#instant(), ...facts }))
      }
      await addTag(context, name, target, retiredTag)
      const now = await shown(context, `the retirement of ${version}`, async () => {
        const all = await readVersions(context, name)
        return all?.some((other) => other.version === version && isRetired(other)) === true ? all : null
      })
      return this.#reader.read(context, name, demandVersion(now, ref), now)
    })
  }

  async history(name: string, { signal }: CallOptions = {}): Promise<Promotion[]> {
    const context = this.#begin(signal)
    checkCometName(name)
    return carriedOut(context, name, (await readVersions(context, name)) ?? [])
  }

  close(): Promise<void> {
    this.#closed = true
    return Promise.resolve()
  }

  async #change(
    context: CometContext,
    name: string,
    stage: Stage,
    options: StageChangeOptions,
    choose: (versions: readonly Registered[]) => Promise<{ to: string; kind: Promotion['kind'] }>,
  ): Promise<Promotion> {
    checkStage(stage)
    const facts = changeFacts(options, this.#settings.by)
    const versions = (await readVersions(context, name)) ?? []
    const { to, kind } = await choose(versions)
    const target = demandVersion(versions, { name, version: to })
    checkNotRetired({ name, version: to }, await retirementOf(context, name, target))
    const { metrics } = await this.#reader.read(context, name, target, versions)
    const scores = changeScores(options, metrics)
    const said = { ...facts, scores, at: this.#instant() }
    return changeStage(context, { name, stage, to, kind, options, facts: said })
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work)
    this.#turn = mine.catch(() => undefined)
    return mine
  }

  #begin(signal: AbortSignal | undefined): CometContext {
    if (this.#closed) {
      throw new ModelRegistryError('closed', 'The model registry is closed.', { where: 'comet' })
    }
    throwIfAborted(signal)
    return { api: this.#api, settings: this.#settings, signal }
  }

  #now(): number {
    return Math.round(this.#settings.clock.now())
  }

  #instant(): string {
    return new Date(this.#now()).toISOString()
  }
}

async function select(
  context: CometContext,
  name: string,
  versions: readonly Registered[],
  selector: Selector,
): Promise<string | null> {
  if (selector === 'latest') return versions.findLast((version) => !isRetired(version))?.version ?? null
  if ('version' in selector) return selector.version
  return holderOf(context, name, versions, selector.stage)
}

async function stagesOf(
  context: CometContext,
  name: string,
  versions: readonly Registered[],
  version: string,
): Promise<Stage[]> {
  const held: Stage[] = []
  for (const stage of stageNames) {
    if ((await holderOf(context, name, versions, stage)) === version) held.push(stage)
  }
  return held
}
