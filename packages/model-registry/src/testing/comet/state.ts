import { createHash } from 'node:crypto'

import type { Delayed } from './delayed.ts'
import { codes, Refusal } from './refusal.ts'
import type { FakeCometSettings } from './types.ts'

/** Everything the fake holds. */
export interface State {
  readonly workspace: string
  readonly user: string
  readonly now: () => number
  settings: FakeCometSettings
  readonly experiments: Map<string, Experiment>
  readonly models: Map<string, Model>
  made: number
}

export interface Experiment {
  readonly key: string
  name: string
  readonly project: string
  readonly createdAt: number
  startTime: number | null
  endTime: number | null
  archived: boolean
  readonly parameters: Map<string, string>
  readonly metrics: Metric[]
  readonly others: Delayed<ReadonlyMap<string, string>>
  readonly tags: Set<string>
  git: Record<string, string> | null
  readonly assets: Delayed<readonly Asset[]>
  systemDetails: unknown
  output: string
}

export interface Metric {
  readonly name: string
  readonly value: string
  readonly step: number | null
  readonly epoch: number | null
  readonly context: string | null
  readonly timestamp: number
}

export interface Asset {
  readonly id: string
  readonly fileName: string
  readonly type: string
  readonly groupingName: string | null
  readonly metadata: string | null
  readonly bytes: Uint8Array
  readonly createdAt: number
}

export interface Model {
  readonly id: string
  name: string
  description: string
  isPublic: boolean
  notes: string
  readonly createdAt: number
  updatedAt: number
  readonly versions: Delayed<readonly Version[]>
}

export interface Version {
  readonly id: string
  readonly version: string
  comment: string
  readonly stages: Delayed<readonly string[]>
  readonly experimentKey: string
  readonly modelName: string
  readonly createdAt: number
  updatedAt: number
}

/** 32 hex digits, the same for the same number of things made: a fake is repeatable. */
export function nextId(state: State, what: string): string {
  state.made += 1
  return hexId(`${what} ${String(state.made)}`)
}

/** One for each model within an experiment. */
export function experimentModelId(experimentKey: string, modelName: string): string {
  return hexId(`${experimentKey} ${modelName}`)
}

/** @throws Refusal 90998, 90211 */
export function experimentOf(state: State, key: string | undefined): Experiment {
  if (key === undefined || key === '')
    throw new Refusal(codes.experimentKeyMissing, 'experimentKey is missing')
  const experiment = state.experiments.get(key)
  if (experiment === undefined) throw new Refusal(codes.noSuchRun, `no such experiment: ${key}`)
  return experiment
}

/** @throws Refusal 90219, 42008 */
export function modelOf(state: State, workspace: string | undefined, name: string | undefined): Model {
  checkWorkspace(state, workspace)
  const model = state.models.get(name ?? '')
  if (model === undefined) throw new Refusal(codes.noSuchModel, `no model ${name ?? ''} in the registry`)
  return model
}

/** @throws Refusal 90219 */
export function checkWorkspace(state: State, workspace: string | undefined): void {
  if (workspace === state.workspace) return
  throw new Refusal(codes.noSuchWorkspace, `no such workspace: ${workspace ?? ''}`)
}

/** The version with this item id, hidden or not. @throws Refusal */
export function itemOf(state: State, id: string | undefined): { model: Model; version: Version } {
  for (const model of state.models.values()) {
    const version = model.versions.latest.find((other) => other.id === id)
    if (version !== undefined) return { model, version }
  }
  throw new Refusal(codes.other, `no model item ${id ?? ''}`)
}

function hexId(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
