import { join } from 'node:path'

import { ModelRegistryError, throwIfAborted } from '../errors.ts'
import { checkPackage, contentSha256, type PackageTexts } from '../package-content.ts'
import {
  checkName,
  checkVersion,
  compareVersions,
  firstVersion,
  isVersion,
  label,
  nextMinor,
} from '../reference.ts'
import type {
  CallOptions,
  ModelPackage,
  ModelRef,
  ModelRegistry,
  ModelVersion,
  PromoteOptions,
  Promotion,
  PublishOptions,
  PublishResult,
  Selector,
  Stage,
} from '../types.ts'
import { unreadable } from './file-failures.ts'
import { isFolder, namesIn, placeFolder } from './folders.ts'
import { placePromotion, promotionHistory, stageConflict, stageState, type Stages } from './promotions.ts'
import { readFacts, readPackage, versionFiles, type VersionFacts } from './version-folder.ts'

/** Each lost race means that another process got through; so many in a row mean that something is wrong. */
const attempts = 100

export interface LocalRegistrySettings {
  readonly path: string
  readonly readOnly: boolean
  readonly now: () => number
}

interface Content {
  readonly digest: string
  readonly texts: PackageTexts
}

export class LocalRegistry implements ModelRegistry {
  readonly kind = 'local'
  readonly capabilities = { atomicPromotion: true } as const
  readonly #settings: LocalRegistrySettings
  #closed = false

  constructor(settings: LocalRegistrySettings) {
    this.#settings = settings
  }

  async publish(pkg: ModelPackage, options: PublishOptions): Promise<PublishResult> {
    const { name, version, signal } = options
    this.#begin(name, signal)
    this.#requireWritable()
    if (version !== undefined) checkVersion(version)
    const content = { texts: await checkPackage(pkg), digest: contentSha256(pkg) }
    return version === undefined
      ? this.#publishNext(name, content, signal)
      : this.#publishAs({ name, version }, content, signal)
  }

  async list(name: string, { signal }: CallOptions = {}): Promise<ModelVersion[]> {
    this.#begin(name, signal)
    const { stages } = await stageState(this.#promotions(name))
    const found: ModelVersion[] = []
    for (const version of await this.#versions(name)) {
      throwIfAborted(signal)
      found.push(withStages(await readFacts(this.#folder({ name, version }), { name, version }), stages))
    }
    return found
  }

  async resolve(
    name: string,
    selector: Selector,
    { signal }: CallOptions = {},
  ): Promise<ModelVersion | null> {
    this.#begin(name, signal)
    const { stages } = await stageState(this.#promotions(name))
    const version = await this.#select(name, selector, stages)
    if (version === null) return null
    return withStages(await readFacts(this.#folder({ name, version }), { name, version }), stages)
  }

  async fetch(ref: ModelRef, { signal }: CallOptions = {}): Promise<ModelPackage> {
    this.#begin(ref.name, signal)
    await this.#requireVersion(ref)
    return readPackage(this.#folder(ref), { name: ref.name, version: ref.version })
  }

  async promote(ref: ModelRef, stage: Stage, options: PromoteOptions): Promise<Promotion> {
    const { expectedCurrent, reason, signal } = options
    const { name, version: to } = ref
    this.#begin(name, signal)
    this.#requireWritable()
    await this.#requireVersion(ref)
    await readFacts(this.#folder(ref), { name, version: to })
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const state = await stageState(this.#promotions(name))
      const from = state.stages[stage]
      if (expectedCurrent !== undefined && expectedCurrent !== from) {
        throw stageConflict(name, stage, expectedCurrent, from)
      }
      const promotion = { name, stage, from, to, reason, at: this.#instant() }
      if (await placePromotion(this.#promotions(name), state, promotion, signal)) return promotion
    }
    throw tooBusy('stage-conflict', name)
  }

  async history(name: string, { signal }: CallOptions = {}): Promise<Promotion[]> {
    this.#begin(name, signal)
    return promotionHistory(this.#promotions(name))
  }

  close(): Promise<void> {
    this.#closed = true
    return Promise.resolve()
  }

  async #publishNext(
    name: string,
    content: Content,
    signal: AbortSignal | undefined,
  ): Promise<PublishResult> {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const latest = (await this.#versions(name)).at(-1)
      if (latest !== undefined) {
        const same = await this.#withContent({ name, version: latest }, content).catch(onlyIfIntact)
        if (same !== null) return { version: same, created: false }
      }
      const version = latest === undefined ? firstVersion : nextMinor(latest)
      const placed = await this.#place({ name, version }, content, signal)
      if (placed !== null) return { version: placed, created: true }
    }
    throw tooBusy('version-conflict', name)
  }

  async #publishAs(ref: ModelRef, content: Content, signal: AbortSignal | undefined): Promise<PublishResult> {
    const placed = (await isFolder(this.#folder(ref))) ? null : await this.#place(ref, content, signal)
    if (placed !== null) return { version: placed, created: true }
    const same = await this.#withContent(ref, content)
    if (same !== null) return { version: same, created: false }
    throw new ModelRegistryError(
      'version-conflict',
      `${label(ref)} is there already, with another content.`,
      {
        fault: 'input',
        where: label(ref),
        hint: 'Publish under another version, or leave the version out for the next one.',
      },
    )
  }

  async #place(
    ref: ModelRef,
    content: Content,
    signal: AbortSignal | undefined,
  ): Promise<ModelVersion | null> {
    const version = {
      ...ref,
      contentSha256: content.digest,
      createdAt: this.#instant(),
      texts: content.texts,
    }
    if (!(await placeFolder(this.#folder(ref), versionFiles(version), signal))) return null
    return { ...(await readFacts(this.#folder(ref), ref)), stages: [] }
  }

  /** The version if it has this content, `null` if it has another. All of it is read: it must be whole. */
  async #withContent(ref: ModelRef, { digest }: Content): Promise<ModelVersion | null> {
    const pkg = await readPackage(this.#folder(ref), ref)
    if (contentSha256(pkg) !== digest) return null
    const { stages } = await stageState(this.#promotions(ref.name))
    return withStages(await readFacts(this.#folder(ref), ref), stages)
  }

  async #select(name: string, selector: Selector, stages: Stages): Promise<string | null> {
    if (selector === 'latest') return (await this.#versions(name)).at(-1) ?? null
    if ('version' in selector) {
      checkVersion(selector.version)
      return (await isFolder(this.#folder({ name, version: selector.version }))) ? selector.version : null
    }
    const version = stages[selector.stage]
    if (version !== null) await this.#requireVersion({ name, version })
    return version
  }

  async #versions(name: string): Promise<string[]> {
    const folder = join(this.#settings.path, name)
    const names = await namesIn(folder).catch((error: unknown) => {
      throw unreadable(error, folder)
    })
    return names.filter(isVersion).sort(compareVersions)
  }

  async #requireVersion(ref: ModelRef): Promise<void> {
    checkVersion(ref.version)
    if (await isFolder(this.#folder(ref))) return
    throw new ModelRegistryError('not-found', `The registry has no ${label(ref)}.`, {
      fault: 'input',
      where: this.#folder(ref),
      hint: 'Choose a version that list() names, restore the folder, or train first.',
    })
  }

  #begin(name: string, signal: AbortSignal | undefined): void {
    if (this.#closed) {
      throw new ModelRegistryError('closed', 'The model registry is closed.', { where: this.#settings.path })
    }
    checkName(name)
    throwIfAborted(signal)
  }

  #requireWritable(): void {
    if (!this.#settings.readOnly) return
    const { path } = this.#settings
    throw new ModelRegistryError('registry-unwritable', `The registry ${path} is open for reading only.`, {
      fault: 'input',
      where: path,
      hint: 'Open it without readOnly.',
    })
  }

  #folder({ name, version }: ModelRef): string {
    return join(this.#settings.path, name, version)
  }

  #promotions(name: string): string {
    return join(this.#settings.path, name, 'promotions')
  }

  #instant(): string {
    return new Date(this.#settings.now()).toISOString()
  }
}

function withStages(facts: VersionFacts, stages: Stages): ModelVersion {
  const held = (['production', 'candidate'] as const).filter((stage) => stages[stage] === facts.version)
  return { ...facts, stages: held }
}

/** A damaged latest version must not keep a new one from being published. */
function onlyIfIntact(error: unknown): null {
  if (ModelRegistryError.isInstance(error) && ['package-damaged', 'bad-package'].includes(error.code))
    return null
  throw error
}

function tooBusy(code: 'version-conflict' | 'stage-conflict', name: string): ModelRegistryError {
  return new ModelRegistryError(code, `Other processes kept changing ${name}.`, {
    retryable: true,
    where: name,
    hint: 'Try again once the other runs are done.',
  })
}
