import { damaged, ModelRegistryError } from '../errors.ts'
import { parseFacts } from '../package-content.ts'
import { readFacts, type VersionFacts } from '../package-files.ts'
import { checkVersion, compareVersions, isVersion, label } from '../reference.ts'
import { artifactSource } from './artifacts.ts'
import { apiRoot, type Context } from './context.ts'
import { isMissing } from './refusal.ts'
import { factTags, parseRetirement, retiredTag, versionTags } from './tags.ts'
import { versionsSchema, type VersionDto } from './wire.ts'
import type { Retirement } from '../types.ts'

const pageSize = 1000

/** A version of MLflow's that is one of ours: it has our number and digest as tags. */
export interface StoredVersion {
  readonly name: string
  /** MLflow's own. It grows with every version and is never used again. */
  readonly number: number
  readonly version: string
  readonly contentSha256: string
  readonly uri: string
  readonly status: string
  readonly tags: ReadonlyMap<string, string>
}

/**
 * MLflow keeps any number of versions with one tag, so a number of ours may be claimed twice, by two runs at once.
 * MLflow's own numbers tell who came first: the lowest has it, for every reader and for ever.
 */
export interface Claims {
  /** In semantic order. */
  readonly held: readonly StoredVersion[]
  readonly lost: readonly StoredVersion[]
}

/** @returns `null` for a version that another program made */
export function storedVersion(dto: VersionDto): StoredVersion | null {
  const version = dto.tags.get(versionTags.version) ?? ''
  const contentSha256 = dto.tags.get(versionTags.contentSha256) ?? ''
  if (!isVersion(version) || !/^[0-9a-f]{64}$/.test(contentSha256)) return null
  const { name, source: uri, status, tags } = dto
  return { name, number: Number(dto.version), version, contentSha256, uri, status, tags }
}

/** Of one name, or of all. */
export async function searchVersions(
  { api, signal }: Context,
  name?: string,
  version?: string,
): Promise<StoredVersion[]> {
  const clauses = [
    ...(name === undefined ? [] : [`name = '${name}'`]),
    version === undefined
      ? `tags.\`${versionTags.contentSha256}\` LIKE '%'`
      : `tags.\`${versionTags.version}\` = '${version}'`,
  ]
  const found: StoredVersion[] = []
  let token = ''
  do {
    const page = await api.get(
      {
        what: name === undefined ? 'Looking for versions' : `Looking for versions of ${name}`,
        path: `${apiRoot}/model-versions/search`,
        query: {
          filter: clauses.join(' AND '),
          max_results: pageSize,
          order_by: 'version_number ASC',
          page_token: token === '' ? undefined : token,
        },
        signal,
      },
      versionsSchema,
    )
    found.push(...page.model_versions.flatMap((dto) => storedVersion(dto) ?? []))
    token = page.next_page_token
  } while (token !== '')
  return found
}

export function claimsOf(versions: readonly StoredVersion[]): Claims {
  const held = new Map<string, StoredVersion>()
  const lost: StoredVersion[] = []
  for (const version of versions.toSorted((a, b) => a.number - b.number)) {
    if (version.status === 'FAILED_REGISTRATION' || held.has(version.version)) lost.push(version)
    else held.set(version.version, version)
  }
  return { held: [...held.values()].sort((a, b) => compareVersions(a.version, b.version)), lost }
}

/** Those that are there for readers. */
export function readyOf({ held }: Claims): readonly StoredVersion[] {
  return held.filter(({ status }) => status === 'READY')
}

/** `null` where there is none. */
export async function findVersion(
  context: Context,
  name: string,
  version: string,
): Promise<StoredVersion | null> {
  checkVersion(version)
  return readyOf(claimsOf(await searchVersions(context, name, version)))[0] ?? null
}

/** @throws ModelRegistryError `bad-name`, `not-found` */
export async function requireVersion(
  context: Context,
  name: string,
  version: string,
): Promise<StoredVersion> {
  const found = await findVersion(context, name, version)
  if (found !== null) return found
  throw new ModelRegistryError('not-found', `The registry has no ${label({ name, version })}.`, {
    fault: 'input',
    where: `models:/${name}`,
    hint: 'Choose a version that list() names, or train first.',
  })
}

/** MLflow keeps its number taken, and the files of its run. */
export async function deleteVersion({ api, signal }: Context, version: StoredVersion): Promise<void> {
  await api.send({
    what: `Deleting version ${String(version.number)} of ${version.name}`,
    method: 'DELETE',
    path: `${apiRoot}/model-versions/delete`,
    json: { name: version.name, version: String(version.number) },
    repeatable: true,
    tolerate: isMissing,
    signal,
  })
}

export async function setVersionTag(
  { api, signal }: Context,
  version: StoredVersion,
  key: string,
  value: string,
): Promise<void> {
  await api.send({
    what: `Tagging ${label(version)}`,
    method: 'POST',
    path: `${apiRoot}/model-versions/set-tag`,
    json: { name: version.name, version: String(version.number), key, value },
    repeatable: true,
    signal,
  })
}

export async function deleteVersionTag(
  { api, signal }: Context,
  version: StoredVersion,
  key: string,
): Promise<void> {
  await api.send({
    what: `Untagging ${label(version)}`,
    method: 'DELETE',
    path: `${apiRoot}/model-versions/delete-tag`,
    json: { name: version.name, version: String(version.number), key },
    repeatable: true,
    tolerate: isMissing,
    signal,
  })
}

/** From its tags, or from its files where the facts are too long for tags. */
export async function factsOf(context: Context, stored: StoredVersion): Promise<VersionFacts> {
  const { name, version, contentSha256, tags } = stored
  const at = tags.get(versionTags.createdAt)
  const metrics = tags.get(factTags.metrics)
  const params = tags.get(factTags.params)
  const lineage = tags.get(factTags.lineage)
  if (at === undefined || metrics === undefined || params === undefined || lineage === undefined) {
    return readFacts(artifactSource(context, stored), { name, version })
  }
  const where = `models:/${name}/${String(stored.number)}`
  if (Number.isNaN(Date.parse(at))) throw damaged(where, `its tag ${versionTags.createdAt} is no instant`)
  try {
    return { name, version, contentSha256, createdAt: at, ...parseFacts({ metrics, params, lineage }, where) }
  } catch {
    throw damaged(where, 'its tags do not hold what a version is described by')
  }
}

export function retirementOf({ name, number, tags }: StoredVersion): Retirement | null {
  const text = tags.get(retiredTag)
  return text === undefined ? null : parseRetirement(text, `models:/${name}/${String(number)}`)
}
