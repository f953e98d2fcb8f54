import { join } from 'node:path'

import { ModelRegistryError } from '../errors.ts'
import { readFacts, readPackage } from '../package-files.ts'
import { checkVersion, compareVersions, isVersion, label } from '../reference.ts'
import { stagesHeld } from '../stage-rules.ts'
import type { ModelPackage, ModelVersion } from '../types.ts'
import type { RegistryState } from './change-log.ts'
import { unreadable } from './file-failures.ts'
import { isFolder, namesIn } from './folders.ts'
import { folderSource } from './version-folder.ts'

/** The folders of one name: a folder a version, and the changes beside them. */
export class VersionFolders {
  readonly name: string
  readonly #root: string

  constructor(registryPath: string, name: string) {
    this.name = name
    this.#root = join(registryPath, name)
  }

  /** Where promotions, rollbacks and retirements are recorded. */
  get changes(): string {
    return join(this.#root, 'promotions')
  }

  folder(version: string): string {
    return join(this.#root, version)
  }

  /** Versions in semantic order. */
  async numbers(): Promise<string[]> {
    const names = await namesIn(this.#root).catch((error: unknown) => {
      throw unreadable(error, this.#root)
    })
    return names.filter(isVersion).sort(compareVersions)
  }

  async has(version: string): Promise<boolean> {
    return isFolder(this.folder(version))
  }

  /** @throws ModelRegistryError `bad-name`, `not-found` */
  async require(version: string): Promise<void> {
    checkVersion(version)
    if (await this.has(version)) return
    throw new ModelRegistryError('not-found', `The registry has no ${label({ name: this.name, version })}.`, {
      fault: 'input',
      where: this.folder(version),
      hint: 'Choose a version that list() names, restore the folder, or train first.',
    })
  }

  async read(version: string, state: RegistryState): Promise<ModelVersion> {
    const facts = await readFacts(folderSource(this.folder(version)), { name: this.name, version })
    return asVersion(facts, state)
  }

  /** All of it: it must be whole. */
  async readWhole(
    version: string,
    state: RegistryState,
  ): Promise<{ version: ModelVersion; pkg: ModelPackage }> {
    const { facts, pkg } = await readPackage(folderSource(this.folder(version)), { name: this.name, version })
    return { version: asVersion(facts, state), pkg }
  }
}

/** The highest version that is not retired. */
export function latestOf(numbers: readonly string[], { retired }: RegistryState): string | null {
  return numbers.findLast((version) => !retired.has(version)) ?? null
}

function asVersion(
  facts: Omit<ModelVersion, 'stages' | 'retired'>,
  { stages, retired }: RegistryState,
): ModelVersion {
  const { version } = facts
  return { ...facts, stages: stagesHeld(stages, version), retired: retired.get(version) ?? null }
}
