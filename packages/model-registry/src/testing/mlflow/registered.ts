import type { Input } from './input.ts'
import { missing } from './refusal.ts'
import { versionNumber } from './rules.ts'
import type { RegisteredModel, State, Version } from './state.ts'

export function requireModel(state: State, input: Input): RegisteredModel {
  const name = input.text('name')
  const model = state.models.get(name)
  if (model === undefined) throw missing(`Registered Model with name=${name} not found`)
  return model
}

export interface ModelAndVersion {
  readonly model: RegisteredModel
  readonly version: Version
}

export function requireVersion(state: State, input: Input): ModelAndVersion {
  const [name, text] = [input.text('name'), input.text('version')]
  const number = versionNumber(text)
  const model = state.models.get(name)
  const version = model?.versions.find((other) => other.number === number && !other.deleted)
  if (model === undefined || version === undefined) {
    throw missing(`Model Version (name=${name}, version=${text}) not found`)
  }
  return { model, version }
}
