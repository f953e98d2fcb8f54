import type { AzureMlRunner } from '@airq/job-runner/azure-ml'
import { SECRETS, type JobApp } from '@airq/pipeline/jobs'
import { KeyVault } from '@airq/pipeline/inspect'
import { SUBMITTING } from '../check-jobs.ts'
import { checkReach, openRunner } from '../open-runner.ts'
import { needsOf, PIPELINES } from '../pipelines.ts'
import { vaultCredential } from '../vault-credential.ts'
import { type Check, type Failure, type Finding, type Next, ok } from './check.ts'
import { hasVault } from './secrets.ts'
import { commandLine, once, type Session } from './session.ts'

const APPS: readonly JobApp[] = ['feature-app', 'training-app', 'inference-app']

/** Ids, sign-in, workspace and rights; the environment of each app; the secrets of its jobs. */
export function azureChecks(session: Session): Check[] {
  const { jobs } = session.context.config
  if (jobs.kind !== 'azure-ml') return vaultCheck(session, [])
  const runners = {
    'feature-app': once(() => runnerFor(session, 'feature-app')),
    'training-app': once(() => runnerFor(session, 'training-app')),
    'inference-app': once(() => runnerFor(session, 'inference-app')),
  }
  return [
    {
      id: 'azure-ids',
      where: 'jobs',
      nextFor: (failure) => nextForIds(failure),
      run: async () => {
        checkReach(PIPELINES.training, session.context)
        await runners['feature-app']()
        return ok(`workspace ${jobs.workspace} of resource group ${jobs.resourceGroup}`)
      },
    },
    {
      id: 'azure',
      needs: ['azure-ids'],
      network: true,
      where: `workspace ${jobs.workspace}`,
      nextFor: nextForSignIn,
      run: async (signal) => {
        await (await runners['feature-app']()).checkRights([], { signal })
        return ok('signed in; the workspace is there')
      },
    },
    {
      id: 'azure-rights',
      needs: ['azure'],
      network: true,
      where: `workspace ${jobs.workspace}`,
      nextFor: (failure) => nextForRights(session, failure),
      run: async (signal) => {
        await (await runners['feature-app']()).checkRights(SUBMITTING, { signal })
        return ok('has every right that submitting takes')
      },
    },
    ...APPS.map((app): Check => ({
      id: `azure-environment ${app}`,
      needs: ['azure'],
      network: true,
      where: jobs.environment.replace('{app}', app),
      nextFor: ({ code }) =>
        code === 'not-found'
          ? commandLine(session, 'deploy-environment', [
              '--app',
              app,
              '--image',
              `<registry/${app}@sha256:…>`,
            ])
          : undefined,
      run: async (signal) => {
        const id = await (await runners[app]()).findEnvironment({ signal })
        const [, name, version] = /\/environments\/([^/]+)\/versions\/([^/]+)$/.exec(id) ?? []
        return ok(`${name ?? id}:${version ?? ''} is what jobs run in`)
      },
    })),
    ...vaultCheck(session, ['azure']),
  ]
}

async function runnerFor({ context }: Session, app: JobApp): Promise<AzureMlRunner> {
  const { azure } = await openRunner({ app }, context, { values: {}, allowInsecureArgv: false })
  if (azure === undefined) throw new Error('the kind of runner has been checked')
  return azure
}

/** Whether the vault gives what jobs ask it for. */
function vaultCheck(session: Session, needs: readonly string[]): Check[] {
  const { context } = session
  const { config, env, logger } = context
  if (!hasVault(context)) return []
  const configured = config.jobs.kind === 'azure-ml' ? config.jobs.keyVaultUrl : undefined
  const given = env['AZURE_KEY_VAULT_URL'] ?? ''
  const address = given === '' ? (configured ?? '') : given
  return [
    {
      id: 'key-vault',
      needs,
      network: true,
      where: URL.canParse(address) ? new URL(address).host : 'AZURE_KEY_VAULT_URL',
      nextFor: (failure) => nextForVault(failure, address),
      run: async (signal): Promise<Finding> => {
        const { trustedHosts } = config
        const vault = new KeyVault({
          ...{ env, configured, trustedHosts, logger, signal },
          credential: vaultCredential,
        })
        const names = secretNames(session)
        const missing: string[] = []
        for (const name of names) {
          const value = await vault.secret(name)
          if (value === undefined) missing.push(name)
          else session.redact(value)
        }
        const [first] = missing
        // Pipelines that run here may have their secrets elsewhere.
        if (first === undefined || config.jobs.kind !== 'azure-ml') {
          return ok(
            `readable, gives ${String(names.length - missing.length)} of ${String(names.length)} secrets`,
          )
        }
        return {
          status: 'failed',
          message: `has no secret ${missing.join(', ')}`,
          hint: 'Jobs have their secrets from the vault alone.',
          next: {
            kind: 'run',
            command: `az keyvault secret set --vault-name ${vaultNameIn(address)} --name ${first} --file <file with ${first}>`,
          },
        }
      },
    },
  ]
}

function secretNames({ context }: Session): string[] {
  const needed = Object.values(PIPELINES).flatMap((pipeline) => needsOf(pipeline, context.config).secrets)
  return [...new Set(needed)].map((name) => (SECRETS[name].variables[0] ?? name).replaceAll('_', '-'))
}

function vaultNameIn(address: string): string {
  return URL.canParse(address) ? (new URL(address).hostname.split('.')[0] ?? '') : '<vault>'
}

function nextForIds({ message, hint }: Failure): Next {
  const [, variable, what] = /\b(AZURE_[A-Z_]+_ID) is (missing|malformed)/.exec(message) ?? []
  if (variable === undefined) return { kind: 'do', text: hint ?? message }
  const shape = variable === 'AZURE_TENANT_ID' ? 'tenant' : 'id, as the portal shows it'
  return { kind: 'run', command: `export ${variable}=<${what === 'missing' ? shape : `right ${shape}`}>` }
}

function nextForSignIn({ code, message, hint }: Failure): Next | undefined {
  const byLogin = code === 'unauthorized' && (hint ?? message).includes('az login')
  return byLogin ? { kind: 'run', command: 'az login' } : undefined
}

function nextForRights({ context }: Session, { code }: Failure): Next | undefined {
  const { jobs } = context.config
  if (code !== 'forbidden' || jobs.kind !== 'azure-ml') return undefined
  const { AZURE_CLIENT_ID: who = '<you>', AZURE_SUBSCRIPTION_ID: subscription = '' } = context.env
  const scope =
    `/subscriptions/${subscription}/resourceGroups/${jobs.resourceGroup}` +
    `/providers/Microsoft.MachineLearningServices/workspaces/${jobs.workspace}`
  return {
    kind: 'run',
    command: `az role assignment create --role 'AzureML Data Scientist' --assignee ${who} --scope ${scope}`,
  }
}

function nextForVault({ code, hint }: Failure, address: string): Next | undefined {
  if (code === 'key-vault-forbidden') {
    return {
      kind: 'run',
      command: `az role assignment create --role 'Key Vault Secrets User' --assignee <you, and the identity of the jobs> --scope "$(az keyvault show --name ${vaultNameIn(address)} --query id --output tsv)"`,
    }
  }
  return hint === undefined ? undefined : { kind: 'do', text: hint }
}
