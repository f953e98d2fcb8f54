import { join } from 'node:path'

import { ModelRegistryError, throwIfAborted } from '../errors.ts'
import { checkPackage, contentSha256 } from '../package-content.ts'
import { readFacts, readPackage } from '../package-files.ts'
import { checkName, checkVersion, isName } from '../reference.ts'
import {
  changeFacts,
  changeScores,
  checkExpected,
  checkHoldsNoStage,
  checkNotRetired,
  checkStage,
  nothingToRollBackTo,
  rollbackTarget,
  stagesHeld,
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
import { currentState, placeChange, promotionHistory, type RegistryState } from './change-log.ts'
import { unreadable } from './file-failures.ts'
import { isFolder, namesIn } from './folders.ts'
import { publishAs, publishNext, tooBusy, attempts } from './publishing.ts'
import { folderSource } from './version-folder.ts'
import { latestOf, VersionFolders } from './version-folders.ts'

export interface LocalRegistrySettings {
  readonly path: string
  readonly readOnly: boolean
  readonly by: string | undefined
  readonly now: () => number
}

/** What a change of a stage needs to know of the moment. */
interface Turn {
  readonly to: string
  readonly kind: Promotion['kind']
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
    const versions = this.#begin(name, signal)
    this.#requireWritable()
    if (version !== undefined) checkVersion(version)
    const content = { texts: await checkPackage(pkg), digest: contentSha256(pkg), at: this.#instant() }
    return version === undefined
      ? publishNext(versions, content, signal)
      : publishAs(versions, version, content, signal)
  }

  async names({ signal }: CallOptions = {}): Promise<string[]> {
    this.#requireOpen()
    throwIfAborted(signal)
    const { path } = this.#settings
    const found: string[] = []
    const entries = await namesIn(path).catch((error: unknown) => {
      throw unreadable(error, path)
    })
    for (const name of entries.filter(isName).sort()) {
      const folder = join(path, name)
      if ((await isFolder(folder)) && (await this.#versionsOf(name).numbers()).length > 0) found.push(name)
    }
    return found
  }

  async list(name: string, { signal }: CallOptions = {}): Promise<ModelVersion[]> {
    const versions = this.#begin(name, signal)
    const state = await currentState(versions.changes)
    const found: ModelVersion[] = []
    for (const version of await versions.numbers()) {
      throwIfAborted(signal)
      found.push(await versions.read(version, state))
    }
    return found
  }

  async resolve(
    name: string,
    selector: Selector,
    { signal }: CallOptions = {},
  ): Promise<ModelVersion | null> {
    const versions = this.#begin(name, signal)
    const state = await currentState(versions.changes)
    const version = await select(versions, selector, state)
    return version === null ? null : versions.read(version, state)
  }

  async fetch(ref: ModelRef, { signal }: CallOptions = {}): Promise<ModelPackage> {
    const { name, version } = ref
    const versions = this.#begin(name, signal)
    await versions.require(version)
    return (await readPackage(folderSource(versions.folder(version)), { name, version })).pkg
  }

  async promote(ref: ModelRef, stage: Stage, options: PromoteOptions): Promise<Promotion> {
    const versions = this.#begin(ref.name, options.signal)
    await versions.require(ref.version)
    return this.#change(versions, stage, options, (state) => {
      checkNotRetired(ref, state.retired.get(ref.version) ?? null)
      return { to: ref.version, kind: 'promotion' }
    })
  }

  async rollback(name: string, stage: Stage, options: RollbackOptions): Promise<Promotion> {
    const versions = this.#begin(name, options.signal)
    return this.#change(versions, stage, options, async (state) => {
      const history = await promotionHistory(versions.changes)
      const current = state.stages[stage]
      const to = rollbackTarget(history, stage, current, (version) => state.retired.has(version))
      if (to === null) throw nothingToRollBackTo(name, stage)
      await versions.require(to)
      return { to, kind: 'rollback' }
    })
  }

  async retire(ref: ModelRef, options: ChangeOptions): Promise<ModelVersion> {
    const { name, version } = ref
    const versions = this.#begin(name, options.signal)
    this.#requireWritable()
    const facts = changeFacts(options, this.#settings.by)
    await versions.require(version)
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const state = await currentState(versions.changes)
      if (state.retired.has(version)) return versions.read(version, state)
      checkHoldsNoStage(ref, stagesHeld(state.stages, version))
      const change = { kind: 'retirement', name, version, at: this.#instant(), ...facts } as const
      await placeChange(versions.changes, state, change, options.signal)
    }
    throw tooBusy('stage-conflict', name)
  }

  async history(name: string, { signal }: CallOptions = {}): Promise<Promotion[]> {
    return promotionHistory(this.#begin(name, signal).changes)
  }

  close(): Promise<void> {
    this.#closed = true
    return Promise.resolve()
  }

  /** Asks again what the turn is whenever another process was faster. */
  async #change(
    versions: VersionFolders,
    stage: Stage,
    options: StageChangeOptions,
    turn: (state: RegistryState) => Turn | Promise<Turn>,
  ): Promise<Promotion> {
    this.#requireWritable()
    checkStage(stage)
    const { name } = versions
    const facts = changeFacts(options, this.#settings.by)
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const state = await currentState(versions.changes)
      const from = state.stages[stage]
      checkExpected(name, stage, options, from)
      const { to, kind } = await turn(state)
      const { metrics } = await readFacts(folderSource(versions.folder(to)), { name, version: to })
      const scores = changeScores(options, metrics)
      const promotion: Promotion = { name, stage, from, to, kind, scores, at: this.#instant(), ...facts }
      if (await placeChange(versions.changes, state, promotion, options.signal)) return promotion
    }
    throw tooBusy('stage-conflict', name)
  }

  #begin(name: string, signal: AbortSignal | undefined): VersionFolders {
    this.#requireOpen()
    checkName(name)
    throwIfAborted(signal)
    return this.#versionsOf(name)
  }

  #versionsOf(name: string): VersionFolders {
    return new VersionFolders(this.#settings.path, name)
  }

  #requireOpen(): void {
    if (!this.#closed) return
    throw new ModelRegistryError('closed', 'The model registry is closed.', { where: this.#settings.path })
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

  #instant(): string {
    return new Date(this.#settings.now()).toISOString()
  }
}

async function select(
  versions: VersionFolders,
  selector: Selector,
  state: RegistryState,
): Promise<string | null> {
  if (selector === 'latest') return latestOf(await versions.numbers(), state)
  if ('version' in selector) {
    checkVersion(selector.version)
    return (await versions.has(selector.version)) ? selector.version : null
  }
  const version = state.stages[selector.stage]
  if (version !== null) await versions.require(version)
  return version
}
