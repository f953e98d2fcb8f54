import { ModelRegistryError } from '../errors.ts'
import { noStages, stageNames, type Stages } from '../stage-rules.ts'
import type { Stage } from '../types.ts'
import { apiRoot, type Context } from './context.ts'
import { isAlreadyThere, isMissing, isUnknownAlias } from './refusal.ts'
import { storedVersion, type StoredVersion } from './versions.ts'
import { modelSchema, versionSchema } from './wire.ts'

/** What MLflow keeps of a name beside its versions. */
export interface RegisteredModel {
  readonly name: string
  /** MLflow's number of the version that an alias points to. */
  readonly aliases: ReadonlyMap<string, number>
  readonly tags: ReadonlyMap<string, string>
}

/** One without anything where there is none. */
export async function getModel({ api, signal }: Context, name: string): Promise<RegisteredModel> {
  const found = await api.json(
    {
      what: `Looking up ${name}`,
      path: `${apiRoot}/registered-models/get`,
      query: { name },
      tolerate: isMissing,
      signal,
    },
    modelSchema,
  )
  const { aliases = [], tags = new Map<string, string>() } = found?.registered_model ?? {}
  return { name, aliases: new Map(aliases.map(({ alias, version }) => [alias, Number(version)])), tags }
}

export async function ensureModel({ api, signal }: Context, name: string): Promise<void> {
  await api.send({
    what: `Registering ${name}`,
    method: 'POST',
    path: `${apiRoot}/registered-models/create`,
    json: { name },
    repeatable: true,
    tolerate: isAlreadyThere,
    signal,
  })
}

export async function setModelTag(
  { api, signal }: Context,
  name: string,
  key: string,
  value: string,
): Promise<void> {
  await api.send({
    what: `Tagging ${name}`,
    method: 'POST',
    path: `${apiRoot}/registered-models/set-tag`,
    json: { name, key, value },
    repeatable: true,
    signal,
  })
}

export async function deleteModelTag({ api, signal }: Context, name: string, key: string): Promise<void> {
  await api.send({
    what: `Untagging ${name}`,
    method: 'DELETE',
    path: `${apiRoot}/registered-models/delete-tag`,
    json: { name, key },
    repeatable: true,
    tolerate: isMissing,
    signal,
  })
}

/** Moves the stage's alias to MLflow's version of this number, or takes it away. */
export async function moveAlias(
  { api, signal }: Context,
  name: string,
  stage: Stage,
  number: number | undefined,
): Promise<void> {
  await api.send({
    what: `Moving the alias ${stage} of ${name}`,
    method: number === undefined ? 'DELETE' : 'POST',
    path: `${apiRoot}/registered-models/alias`,
    json: { name, alias: stage, ...(number === undefined ? {} : { version: String(number) }) },
    repeatable: true,
    signal,
  })
}

/** The stages of a name. A version of another program's holds none in our eyes. */
export function stagesOf({ aliases }: RegisteredModel, versions: readonly StoredVersion[]): Stages {
  const stages: Record<Stage, string | null> = { ...noStages }
  for (const stage of stageNames) {
    const number = aliases.get(stage)
    stages[stage] = versions.find((version) => version.number === number)?.version ?? null
  }
  return stages
}

export interface StageHolder {
  readonly stored: StoredVersion
  readonly stages: readonly Stage[]
}

/**
 * The version a stage's alias points to, with all the stages it holds: one request.
 * @throws ModelRegistryError `registry-refused` where that is no version of ours
 */
export async function stageHolder(
  { api, signal }: Context,
  name: string,
  stage: Stage,
): Promise<StageHolder | null> {
  const found = await api.json(
    {
      what: `Looking up ${stage} of ${name}`,
      path: `${apiRoot}/registered-models/alias`,
      query: { name, alias: stage },
      tolerate: isUnknownAlias,
      signal,
    },
    versionSchema,
  )
  if (found === null) return null
  const dto = found.model_version
  const stored = storedVersion(dto)
  if (stored === null) {
    throw new ModelRegistryError(
      'registry-refused',
      `The alias ${stage} of ${name} points to MLflow's version ${dto.version}, which is no version of this registry.`,
      {
        fault: 'input',
        where: `models:/${name}/${dto.version}`,
        hint: 'Promote a version that list() names.',
      },
    )
  }
  return { stored, stages: stageNames.filter((other) => other === stage || dto.aliases.includes(other)) }
}
