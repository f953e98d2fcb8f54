import { mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

import { z } from 'zod'

import { isName, isVersion } from '../reference.ts'
import { makeFolder, namesIn, placeFolder, writeFlushed } from '../local/folders.ts'
import { folderSource, readBounded } from '../local/version-folder.ts'
import { checkPackage } from '../package-content.ts'
import { packageFiles, readPackage } from '../package-files.ts'
import { sealed, unsealed } from '../sealed-record.ts'
import type { ModelPackage, ModelRef, ModelVersion, Stage } from '../types.ts'

const formatVersion = 1
const answerBytesLimit = 64 * 1024

const answerSchema = z.strictObject({
  formatVersion: z.literal(formatVersion),
  name: z.string(),
  version: z.string(),
  contentSha256: z.string(),
  stages: z.array(z.enum(['production', 'candidate'])),
  /** When the registry said so. */
  at: z.string(),
})

/** What was asked for: a stage, or the latest version. */
export type Question = Stage | 'latest'

/** What a registry said last. */
export interface Answer {
  readonly version: ModelVersion
  readonly pkg: ModelPackage
  readonly at: string
}

/**
 * Packages as a registry's folder has them, `NAME/VERSION`, and beside them what the registry said last:
 * `NAME/production/answer.json`.
 */
export class ChampionFolder {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  /** Whether the package is there, whole. */
  async holds(ref: ModelRef): Promise<boolean> {
    return this.fetch(ref).then(
      () => true,
      () => false,
    )
  }

  /** One that is there but damaged is replaced. */
  async keep(version: ModelVersion, pkg: ModelPackage): Promise<void> {
    const { name, contentSha256, createdAt } = version
    const folder = this.#version(version)
    if (await this.holds(version)) return
    await rm(folder, { recursive: true, force: true })
    const texts = await checkPackage(pkg)
    const files = packageFiles({ name, version: version.version, contentSha256, createdAt, texts })
    await placeFolder(folder, files, undefined)
  }

  /** Writes down what the registry said, and removes packages that no answer names any more. */
  async remember(question: Question, { name, version, contentSha256, stages }: ModelVersion, at: string) {
    const text = sealed({ formatVersion, name, version, contentSha256, stages, at })
    const folder = join(this.#path, name)
    await makeFolder(folder)
    const staging = await mkdtemp(join(folder, '.staging-'))
    try {
      const written = join(staging, 'answer.json')
      await writeFlushed(written, text)
      await makeFolder(join(folder, question))
      await rename(written, this.#answer(name, question))
    } finally {
      await rm(staging, { recursive: true, force: true })
    }
    await this.#sweep(name)
  }

  async forget(name: string, question: Question): Promise<void> {
    await rm(this.#answer(name, question), { force: true })
  }

  /** `null` where nothing was said. @throws ModelRegistryError `package-damaged` */
  async recall(name: string, question: Question): Promise<Answer | null> {
    const answer = await this.#said(name, question)
    if (answer === null) return null
    const { version, contentSha256, stages, at } = answer
    const { facts, pkg } = await readPackage(folderSource(this.#version({ name, version })), {
      name,
      version,
    })
    if (facts.contentSha256 !== contentSha256) return null
    return { version: { ...facts, stages, retired: null }, pkg, at }
  }

  /** @throws ModelRegistryError `package-damaged` */
  async fetch({ name, version }: ModelRef): Promise<ModelPackage> {
    return (await readPackage(folderSource(this.#version({ name, version })), { name, version })).pkg
  }

  async #said(name: string, question: Question): Promise<z.infer<typeof answerSchema> | null> {
    const path = this.#answer(name, question)
    const bytes = await readBounded(path, answerBytesLimit)
    if (bytes === null) return null
    const answer = unsealed(bytes.toString('utf8'), answerSchema, path, formatVersion)
    return answer.name === name ? answer : null
  }

  async #sweep(name: string): Promise<void> {
    const folder = join(this.#path, name)
    const entries = await namesIn(folder)
    const named = new Set<string>()
    for (const question of ['production', 'candidate', 'latest'] as const) {
      const answer = await this.#said(name, question).catch(() => null)
      if (answer !== null) named.add(answer.version)
    }
    for (const entry of entries) {
      if (isVersion(entry) && !named.has(entry))
        await rm(join(folder, entry), { recursive: true, force: true })
    }
  }

  #version({ name, version }: ModelRef): string {
    if (!isName(name) || !isVersion(version)) throw new RangeError(`${name} ${version} names no folder`)
    return join(this.#path, name, version)
  }

  #answer(name: string, question: Question): string {
    return join(this.#path, name, question, 'answer.json')
  }
}
