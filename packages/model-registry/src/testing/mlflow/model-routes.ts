import type { Input } from './input.ts'
import { invalid, missing, Refusal } from './refusal.ts'
import { requireModel, requireVersion } from './registered.ts'
import {
  checkAlias,
  checkAliasIsFree,
  checkKey,
  checkModelName,
  checkRegistryTags,
  limits,
  versionNumber,
} from './rules.ts'
import { parseFilter } from './search-filter.ts'
import { lean, pageOf, wireTags, type RegisteredModel, type State } from './state.ts'
import { wireVersion } from './version-routes.ts'

export function createRegisteredModel(state: State, input: Input): object {
  const name = input.text('name')
  checkModelName(name)
  const tags = input.keyValues('tags')
  checkRegistryTags(tags)
  if (state.models.has(name)) throw alreadyThere(name)
  const model: RegisteredModel = {
    name,
    createdAt: state.now(),
    updatedAt: state.now(),
    description: input.optionalText('description'),
    tags: new Map(tags.map(({ key, value }) => [key, value])),
    aliases: new Map(),
    versions: [],
  }
  state.models.set(name, model)
  return { registered_model: wireModel(model) }
}

export function getRegisteredModel(state: State, input: Input): object {
  return { registered_model: wireModel(requireModel(state, input)) }
}

export function updateRegisteredModel(state: State, input: Input): object {
  const model = requireModel(state, input)
  model.description = input.optionalText('description')
  model.updatedAt = state.now()
  return { registered_model: wireModel(model) }
}

export function renameRegisteredModel(state: State, input: Input): object {
  const model = requireModel(state, input)
  const name = input.text('new_name')
  checkModelName(name)
  if (state.models.has(name)) throw alreadyThere(name)
  state.models.delete(model.name)
  model.name = name
  model.updatedAt = state.now()
  state.models.set(name, model)
  return { registered_model: wireModel(model) }
}

/** Unlike a version a model is gone for good, and its numbers begin anew. */
export function deleteRegisteredModel(state: State, input: Input): object {
  state.models.delete(requireModel(state, input).name)
  return {}
}

export function searchRegisteredModels(state: State, input: Input): object {
  const fits = parseFilter(input.optionalText('filter') ?? '', { attributes: ['name'], listed: ['name'] })
  const found = [...state.models.values()]
    .filter((model) => fits({ attribute: () => model.name, tag: (key) => model.tags.get(key) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const { items, token } = pageOf(found, input, 100, limits.registeredModelsPerPage)
  return lean({ registered_models: items.map(wireModel), next_page_token: token })
}

export function setRegisteredModelTag(state: State, input: Input): object {
  const key = input.text('key')
  const value = input.optionalText('value') ?? ''
  checkRegistryTags([{ key, value }])
  requireModel(state, input).tags.set(key, value)
  return {}
}

export function deleteRegisteredModelTag(state: State, input: Input): object {
  const key = input.text('key')
  checkKey(key)
  requireModel(state, input).tags.delete(key)
  return {}
}

/** Moves the alias if it is set already. */
export function setAlias(state: State, input: Input): object {
  const alias = input.text('alias')
  checkAlias(alias)
  checkAliasIsFree(alias)
  const number = versionNumber(input.text('version'))
  const { model } = requireVersion(state, input)
  model.aliases.set(alias, number)
  return {}
}

export function deleteAlias(state: State, input: Input): object {
  const alias = input.text('alias')
  checkAlias(alias)
  requireModel(state, input).aliases.delete(alias)
  return {}
}

/** An unknown alias is no missing resource but a bad parameter. */
export function getVersionByAlias(state: State, input: Input): object {
  const alias = input.text('alias')
  checkAlias(alias)
  const model = requireModel(state, input)
  if (alias.toLowerCase() === 'latest') {
    const latest = model.versions.findLast(({ deleted }) => !deleted)
    if (latest === undefined) throw missing(`Latest version not found for model ${model.name}.`)
    return { model_version: wireVersion(model, latest, 'with aliases') }
  }
  const number = model.aliases.get(alias)
  const version = model.versions.find((other) => other.number === number)
  if (version === undefined) {
    throw invalid(`Registered model alias ${alias} not found.`)
  }
  return { model_version: wireVersion(model, version, 'with aliases') }
}

function alreadyThere(name: string): Refusal {
  return new Refusal('RESOURCE_ALREADY_EXISTS', `Registered Model (name=${name}) already exists.`)
}

/** Its latest versions come without their aliases. */
function wireModel(model: RegisteredModel): object {
  const latest = model.versions.findLast(({ deleted }) => !deleted)
  return lean({
    name: model.name,
    creation_timestamp: model.createdAt,
    last_updated_timestamp: model.updatedAt,
    description: model.description,
    latest_versions: latest === undefined ? [] : [wireVersion(model, latest)],
    tags: wireTags(model.tags),
    aliases: [...model.aliases].map(([alias, number]) => ({ alias, version: String(number) })),
  })
}
