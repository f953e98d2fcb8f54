import { ModelRegistryError, versionConflict } from '../errors.ts'
import { contentSha256, type PackageTexts } from '../package-content.ts'
import { packageFiles } from '../package-files.ts'
import { firstVersion, label, nextMinor } from '../reference.ts'
import type { ModelVersion, PublishResult } from '../types.ts'
import { currentState } from './change-log.ts'
import { placeFolder } from './folders.ts'
import { latestOf, type VersionFolders } from './version-folders.ts'

/** Each lost race means that another process got through; so many in a row mean that something is wrong. */
export const attempts = 100

export interface NewContent {
  readonly digest: string
  readonly texts: PackageTexts
  /** ISO instant. */
  readonly at: string
}

/** Under the next version, unless the latest has this content. */
export async function publishNext(
  versions: VersionFolders,
  content: NewContent,
  signal: AbortSignal | undefined,
): Promise<PublishResult> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const numbers = await versions.numbers()
    const latest = latestOf(numbers, await currentState(versions.changes))
    if (latest !== null) {
      const same = await withContent(versions, latest, content).catch(onlyIfIntact)
      if (same !== null) return { version: same, created: false }
    }
    const highest = numbers.at(-1)
    const next = highest === undefined ? firstVersion : nextMinor(highest)
    const placed = await place(versions, next, content, signal)
    if (placed !== null) return { version: placed, created: true }
  }
  throw tooBusy('version-conflict', versions.name)
}

/** Under this version, unless it has this content already. @throws ModelRegistryError `version-conflict` */
export async function publishAs(
  versions: VersionFolders,
  version: string,
  content: NewContent,
  signal: AbortSignal | undefined,
): Promise<PublishResult> {
  const placed = (await versions.has(version)) ? null : await place(versions, version, content, signal)
  if (placed !== null) return { version: placed, created: true }
  const same = await withContent(versions, version, content)
  if (same !== null) return { version: same, created: false }
  throw versionConflict(label({ name: versions.name, version }))
}

export function tooBusy(code: 'version-conflict' | 'stage-conflict', name: string): ModelRegistryError {
  return new ModelRegistryError(code, `Other processes kept changing ${name}.`, {
    retryable: true,
    where: name,
    hint: 'Try again once the other runs are done.',
  })
}

async function place(
  versions: VersionFolders,
  version: string,
  { digest, texts, at }: NewContent,
  signal: AbortSignal | undefined,
): Promise<ModelVersion | null> {
  const { name } = versions
  const files = packageFiles({ name, version, contentSha256: digest, createdAt: at, texts })
  if (!(await placeFolder(versions.folder(version), files, signal))) return null
  return versions.read(version, await currentState(versions.changes))
}

/** The version if it has this content, `null` if it has another. */
async function withContent(
  versions: VersionFolders,
  version: string,
  { digest }: NewContent,
): Promise<ModelVersion | null> {
  const found = await versions.readWhole(version, await currentState(versions.changes))
  return contentSha256(found.pkg) === digest ? found.version : null
}

/** A damaged latest version must not keep a new one from being published. */
function onlyIfIntact(error: unknown): null {
  if (ModelRegistryError.isInstance(error) && ['package-damaged', 'bad-package'].includes(error.code))
    return null
  throw error
}
