import type { Input } from './input.ts'
import { missing, Refusal } from './refusal.ts'
import { checkLength, limits } from './rules.ts'
import { lean, locationOf, wireTags, type Experiment, type State } from './state.ts'

export function createExperiment(state: State, input: Input): object {
  const name = input.text('name')
  checkLength('name', name, limits.experimentName)
  if (experimentNamed(state, name) !== undefined) {
    throw new Refusal('RESOURCE_ALREADY_EXISTS', `Experiment(name=${name}) already exists.`)
  }
  const id = String(state.experiments.size)
  state.experiments.set(id, {
    id,
    name,
    artifactLocation: input.optionalText('artifact_location'),
    createdAt: state.now(),
    tags: new Map(input.keyValues('tags').map(({ key, value }) => [key, value])),
    deleted: false,
  })
  return { experiment_id: id }
}

export function getExperimentByName(state: State, input: Input): object {
  const name = input.text('experiment_name')
  const experiment = experimentNamed(state, name)
  if (experiment === undefined) throw missing(`Could not find experiment with name '${name}'`)
  return { experiment: wireExperiment(state, experiment) }
}

export function getExperiment(state: State, input: Input): object {
  return { experiment: wireExperiment(state, requireExperiment(state, input.text('experiment_id'))) }
}

/** It can still be found, but takes no runs. */
export function deleteExperiment(state: State, input: Input): object {
  requireExperiment(state, input.text('experiment_id')).deleted = true
  return {}
}

export function restoreExperiment(state: State, input: Input): object {
  requireExperiment(state, input.text('experiment_id')).deleted = false
  return {}
}

export function requireExperiment(state: State, id: string): Experiment {
  const experiment = state.experiments.get(id)
  if (experiment === undefined) throw missing(`No Experiment with id=${id} exists`)
  return experiment
}

function experimentNamed(state: State, name: string): Experiment | undefined {
  return [...state.experiments.values()].find((experiment) => experiment.name === name)
}

function wireExperiment(state: State, experiment: Experiment): object {
  const { id, name, createdAt, tags } = experiment
  return lean({
    experiment_id: id,
    name,
    artifact_location: locationOf(state, experiment),
    lifecycle_stage: experiment.deleted ? 'deleted' : 'active',
    last_update_time: createdAt,
    creation_time: createdAt,
    tags: wireTags(tags),
  })
}
