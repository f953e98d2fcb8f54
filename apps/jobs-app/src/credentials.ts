import { type RunContext, UserError } from '@airq/pipeline'
import { REMOTE_NAMES, type RemoteName, SECRETS, type SecretName } from '@airq/pipeline/jobs'
import type { SecretReference } from '@airq/job-runner'
import { needsOf, type PipelineJob } from './pipelines.ts'

/** How a job comes by its secrets and names. */
export interface Credentials {
  /** For its command: `--aqi-token @kv:AQI-TOKEN --fs-project-name airq`. */
  readonly flags: readonly string[]
  /** By the variable that the job has it in. */
  readonly secrets: Readonly<Record<string, SecretReference>>
  /** Variables that everybody may read. */
  readonly variables: Readonly<Record<string, string>>
  /** The secrets themselves, for the environment of a process that is started here; empty for a remote job. */
  readonly values: Readonly<Record<string, string>>
}

/**
 * Here a job is given its secrets in its environment, from wherever the submitter has them. Far away it is told
 * where in the Key Vault they are, and nothing that this machine holds is sent.
 * @throws UserError `no-secret`, `bad-secret`, `literal-secret`, `secret-out-of-reach`
 */
export async function credentialsFor(
  pipeline: PipelineJob,
  context: RunContext,
  { remote, allowInsecureArgv }: { readonly remote: boolean; readonly allowInsecureArgv: boolean },
): Promise<Credentials> {
  const { secrets, optionalSecrets, names } = needsOf(pipeline, context.config)
  const given: SecretName[] = [...secrets]
  for (const name of optionalSecrets) if ((await context.secretGivenAs(name)) !== undefined) given.push(name)
  const parts: Credentials[] = []
  for (const name of given) {
    parts.push(
      remote ? await remoteSecret(name, context, allowInsecureArgv) : await secretOfHere(name, context),
    )
  }
  for (const name of names) parts.push(await remoteName(name, context))
  return {
    flags: parts.flatMap(({ flags }) => flags),
    secrets: merged(parts, 'secrets'),
    variables: merged(parts, 'variables'),
    values: merged(parts, 'values'),
  }
}

const NOTHING: Credentials = { flags: [], secrets: {}, variables: {}, values: {} }

async function secretOfHere(name: SecretName, context: RunContext): Promise<Credentials> {
  const variable = variableOf(name)
  return { ...referred(name, `@env:${variable}`), values: { [variable]: await context.secret(name) } }
}

async function remoteSecret(name: SecretName, context: RunContext, allowed: boolean): Promise<Credentials> {
  const given = await context.secretGivenAs(name)
  if (given?.kind === 'reference') return referred(name, given.reference)
  if (given?.kind === 'literal') {
    if (allowed) {
      context.warn('secret-in-command', `--${name} stands in the job's command: all who see the job see it`)
      return { ...NOTHING, flags: [`--${name}`, given.value] }
    }
    throw new UserError(
      'literal-secret',
      `--${name} is the secret itself, and everybody who sees the job would see it`,
      {
        hint: `Put it into the Key Vault and write --${name} @kv:${vaultName(name)}, or leave the flag out.`,
      },
    )
  }
  if (given?.kind === 'here' && given.by === 'flag') {
    throw new UserError(
      'secret-out-of-reach',
      `${given.where} is on this machine, where the job cannot read it`,
      {
        hint: `Put it into the Key Vault and write --${name} @kv:${vaultName(name)}, or leave the flag out.`,
      },
    )
  }
  return referred(name, `@kv:${vaultName(name)}`)
}

/** Named on the command line, where there is such a flag, and in the variable. */
function referred(name: SecretName, reference: SecretReference): Credentials {
  const flags = SECRETS[name].flag === undefined ? [] : [`--${name}`, reference]
  return { ...NOTHING, flags, secrets: { [variableOf(name)]: reference } }
}

async function remoteName(name: RemoteName, context: RunContext): Promise<Credentials> {
  const value = await context.nameIfGiven(name)
  const { flag, variables } = REMOTE_NAMES[name]
  if (value === undefined) return NOTHING
  if (flag !== undefined) return { ...NOTHING, flags: [`--${name}`, value] }
  return { ...NOTHING, variables: { [variables[0] ?? name]: value } }
}

function variableOf(name: SecretName): string {
  return SECRETS[name].variables[0] ?? name
}

/** Key Vault takes no underscores. */
function vaultName(name: SecretName): string {
  return variableOf(name).replaceAll('_', '-')
}

function merged<K extends 'secrets' | 'variables' | 'values'>(
  parts: readonly Credentials[],
  key: K,
): Credentials[K] {
  return Object.assign({}, ...parts.map((part) => part[key])) as Credentials[K]
}
