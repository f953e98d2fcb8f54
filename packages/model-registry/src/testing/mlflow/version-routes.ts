import type { Input } from './input.ts'
import { invalid } from './refusal.ts'
import { requireModel, requireVersion } from './registered.ts'
import { checkKey, checkRegistryTags, limits } from './rules.ts'
import { parseFilter } from './search-filter.ts'
import { checkSource } from './source.ts'
import { lean, pageOf, wireTags, type RegisteredModel, type State, type Version } from './state.ts'

export function createVersion(state: State, input: Input): object {
  const [name, source, runId] = [input.text('name'), input.text('source'), input.optionalText('run_id') ?? '']
  checkSource(state, source, runId)
  const tags = input.keyValues('tags')
  checkRegistryTags(tags)
  const model = requireModel(state, input)
  const now = state.now()
  const version: Version = {
    number: model.versions.length + 1,
    createdAt: now,
    updatedAt: now,
    stage: 'None',
    description: input.optionalText('description') ?? '',
    source,
    runId,
    runLink: input.optionalText('run_link') ?? '',
    tags: new Map(tags.map(({ key, value }) => [key, value])),
    deleted: false,
    readsUntilReady: state.readyAfterReads,
  }
  model.versions.push(version)
  model.updatedAt = now
  return { model_version: wireVersion({ ...model, name }, version) }
}

export function getVersion(state: State, input: Input): object {
  const { model, version } = requireVersion(state, input)
  countRead(version)
  return { model_version: wireVersion(model, version, 'with aliases') }
}

export function updateVersion(state: State, input: Input): object {
  const { model, version } = requireVersion(state, input)
  version.description = input.optionalText('description') ?? ''
  version.updatedAt = state.now()
  return { model_version: wireVersion(model, version, 'with aliases') }
}

/** Its number stays taken; its aliases go with it, its files stay. */
export function deleteVersion(state: State, input: Input): object {
  const { model, version } = requireVersion(state, input)
  version.deleted = true
  for (const [alias, number] of model.aliases) if (number === version.number) model.aliases.delete(alias)
  model.updatedAt = state.now()
  return {}
}

export function searchVersions(state: State, input: Input): object {
  const fits = parseFilter(input.optionalText('filter') ?? '', {
    attributes: ['name', 'run_id', 'source_path', 'version_number'],
    listed: ['name', 'run_id'],
  })
  const found = [...state.models.values()]
    .flatMap((model) => model.versions.map((version) => ({ model, version })))
    .filter(({ version }) => !version.deleted)
    .filter(({ model, version }) =>
      fits({ attribute: (key) => attributeOf(model, version, key), tag: (key) => version.tags.get(key) }),
    )
  const order = input.texts('order_by').map((clause) => clause.toLowerCase())
  if (order.includes('version_number asc')) {
    found.sort((a, b) => compare(a.model.name, b.model.name) || a.version.number - b.version.number)
  } else {
    found.sort((a, b) => b.version.updatedAt - a.version.updatedAt || b.version.number - a.version.number)
  }
  const { items, token } = pageOf(found, input, 10_000, limits.versionsPerPage)
  for (const { version } of items) countRead(version)
  const wire = items.map(({ model, version }) => wireVersion(model, version))
  return lean({ model_versions: wire, next_page_token: token })
}

export function setVersionTag(state: State, input: Input): object {
  const [key, value] = [input.text('key'), input.optionalText('value') ?? '']
  checkRegistryTags([{ key, value }])
  requireVersion(state, input).version.tags.set(key, value)
  return {}
}

export function deleteVersionTag(state: State, input: Input): object {
  const key = input.text('key')
  checkKey(key)
  requireVersion(state, input).version.tags.delete(key)
  return {}
}

export function getDownloadUri(state: State, input: Input): object {
  return { artifact_uri: requireVersion(state, input).version.source }
}

/** The stages of old: still there, on the way out. */
export function transitionStage(state: State, input: Input): object {
  const { model, version } = requireVersion(state, input)
  const stage = input.text('stage')
  const known = ['None', 'Staging', 'Production', 'Archived'].find(
    (name) => name.toLowerCase() === stage.toLowerCase(),
  )
  if (known === undefined) throw invalid(`Invalid Model Version stage: ${stage}.`)
  version.stage = known
  return { model_version: wireVersion(model, version, 'with aliases') }
}

/** Only some answers tell the aliases; searches do not. */
export function wireVersion(
  model: RegisteredModel,
  version: Version,
  aliases: 'with aliases' | 'without aliases' = 'without aliases',
): object {
  const own = [...model.aliases].filter(([, number]) => number === version.number).map(([alias]) => alias)
  return lean({
    name: model.name,
    version: String(version.number),
    creation_timestamp: version.createdAt,
    last_updated_timestamp: version.updatedAt,
    current_stage: version.stage,
    description: version.description,
    source: version.source,
    run_id: version.runId,
    status: version.readsUntilReady > 0 ? 'PENDING_REGISTRATION' : 'READY',
    tags: wireTags(version.tags),
    run_link: version.runLink,
    aliases: aliases === 'with aliases' ? own : [],
  })
}

function attributeOf(model: RegisteredModel, version: Version, key: string): string {
  if (key === 'run_id') return version.runId
  if (key === 'source_path') return version.source
  return key === 'name' ? model.name : String(version.number)
}

function countRead(version: Version): void {
  if (version.readsUntilReady > 0) version.readsUntilReady -= 1
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
