import { isLoopback } from '@airq/http'
import type { CommandJob } from '@azure/arm-machinelearning'

import { JobRunnerError } from '../errors.ts'
import { specHash } from '../job-spec.ts'
import { secretsOf } from '../local/job-environment.ts'
import type { Environment } from '../local/local-runner.ts'
import { shellCommand } from '../quoting.ts'
import type { JobSpec } from '../types.ts'
import { type AzureContext, workspacePath } from './context.ts'

export interface PlacementSettings {
  /** Name of a compute of the workspace. Default: serverless. */
  readonly compute?: string | undefined
  /** Of serverless compute, e.g. `Standard_DS3_v2`. Default: Azure's choice. */
  readonly instanceType?: string | undefined
  /** `https://NAME.vault.azure.net`, where `@kv:` secrets lie. */
  readonly keyVaultUrl?: string | undefined
  /** Default `key-vault`. `environment` writes secrets into the job, where every reader of the workspace sees them. */
  readonly secretsVia?: 'key-vault' | 'environment' | undefined
}

/** The tag that tells jobs of one name apart. */
export const SPEC_TAG = 'airq-spec'

/**
 * The body of a job as it goes over the wire: nothing of it is lost by the SDK, so there are no inputs and outputs
 * of assets.
 * @param env where secrets are, for `secretsVia: 'environment'`
 * @throws JobRunnerError `bad-spec`, `bad-settings`, `no-secret`
 */
export function commandJob(
  spec: JobSpec,
  environmentId: string,
  context: AzureContext,
  settings: PlacementSettings,
  env: Environment,
): CommandJob {
  const { name, app, limits, identity, experiment = app, image } = spec
  const { compute, instanceType } = settings
  const variables = { ...spec.environment, ...secretVariables(spec, settings, env) }
  const tags = { ...spec.tags, app, [SPEC_TAG]: specHash(spec), ...(image === undefined ? {} : { image }) }
  return {
    jobType: 'Command',
    displayName: name,
    experimentName: experiment,
    command: shellCommand(spec.command),
    environmentId,
    tags,
    limits: { jobLimitsType: 'Command', timeout: isoDuration(limits.timeoutMs) },
    ...(Object.keys(variables).length === 0 ? {} : { environmentVariables: variables }),
    ...(compute === undefined
      ? {}
      : { computeId: `${workspacePath(context)}/computes/${checkedCompute(compute)}` }),
    ...(compute !== undefined || instanceType === undefined
      ? {}
      : { resources: { instanceCount: 1, instanceType } }),
    ...(identity === undefined
      ? {}
      : {
          identity:
            identity.kind === 'managed'
              ? { identityType: 'Managed', clientId: identity.clientId }
              : { identityType: 'UserIdentity' },
        }),
  }
}

function secretVariables(
  spec: JobSpec,
  { keyVaultUrl, secretsVia = 'key-vault', compute }: PlacementSettings,
  env: Environment,
): Record<string, string> {
  const { secrets = {}, identity } = spec
  if (Object.keys(secrets).length === 0) return {}
  if (secretsVia === 'environment') return secretsOf(spec, env)
  const local = Object.entries(secrets).find(([, reference]) => !reference.startsWith('@kv:'))
  if (local !== undefined) {
    throw badSecrets(
      `secrets.${local[0]} lies in the submitter's environment, and would be readable in the job.`,
      `secrets.${local[0]}`,
      'Put it into a Key Vault and name it @kv:NAME.',
    )
  }
  if (keyVaultUrl === undefined || !isVaultUrl(keyVaultUrl)) {
    throw badSecrets(
      'The job takes secrets from a Key Vault, and none is named.',
      'jobs.keyVaultUrl',
      'Name it: https://NAME.vault.azure.net.',
    )
  }
  if (compute === undefined && identity === undefined) {
    throw badSecrets(
      'Serverless compute has no identity of its own to read the Key Vault with.',
      'identity',
      'Give the job a managed identity that is attached to the workspace, or name a compute.',
    )
  }
  return {
    AZURE_KEY_VAULT_URL: keyVaultUrl,
    ...(identity?.kind === 'submitter' ? {} : { AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential' }),
    ...(identity?.kind === 'managed' ? { DEFAULT_IDENTITY_CLIENT_ID: identity.clientId } : {}),
    // References, which the job resolves itself.
    ...secrets,
  }
}

/** Plain http for loopback only: tokens go there. */
function isVaultUrl(text: string): boolean {
  if (!/^https?:\/\/[\w.-]+(?::\d+)?\/?$/.test(text)) return false
  const { protocol, hostname } = new URL(text)
  return protocol === 'https:' || isLoopback(hostname)
}

function badSecrets(message: string, where: string, hint: string): JobRunnerError {
  return new JobRunnerError('bad-settings', message, { fault: 'input', where, hint })
}

function checkedCompute(compute: string): string {
  if (/^[A-Za-z][A-Za-z0-9-]{0,31}$/.test(compute)) return compute
  throw new JobRunnerError('bad-settings', `${JSON.stringify(compute.slice(0, 100))} can't be a compute.`, {
    fault: 'input',
    where: 'jobs.compute',
    hint: 'Name one of the workspace, without path; or leave it out for serverless.',
  })
}

/** ISO 8601, rounded up to seconds: `PT1H30M`. */
function isoDuration(ms: number): string {
  const all = Math.ceil(ms / 1000)
  const parts = [
    [Math.floor(all / 3600), 'H'],
    [Math.floor(all / 60) % 60, 'M'],
    [all % 60, 'S'],
  ] as const
  return `PT${parts.map(([count, unit]) => (count === 0 ? '' : `${String(count)}${unit}`)).join('')}`
}
