import { type RunContext, runChecks, type Stage, type StageOptions, UserError } from '@airq/pipeline'
import type { JobApp } from '@airq/pipeline/jobs'
import { openRunner } from './open-runner.ts'

type DeployOptions = Pick<StageOptions, 'app' | 'image' | 'check'>

const REGISTERING = [
  'Microsoft.MachineLearningServices/workspaces/environments/read',
  'Microsoft.MachineLearningServices/workspaces/environments/versions/write',
]

/** Makes an image a version of the environment that jobs of its app run in. */
export const deployEnvironment: Stage<DeployOptions> = async (context, { app, image, check }) => {
  const { config, signal, gitCommit } = context
  if (config.jobs.kind !== 'azure-ml') {
    throw new UserError(
      'no-environment',
      `jobs.kind is ${config.jobs.kind}: only Azure ML has environments`,
      {
        hint: 'Write jobs: { kind: azure-ml, resourceGroup, workspace } into the configuration.',
      },
    )
  }
  if (app === undefined) throw missing('--app', 'feature-app, training-app or inference-app')
  const azure = await azureOf(app, context)
  if (check) {
    const run = async () => {
      await azure.checkRights(REGISTERING, { signal })
      return 'signed in, with every right it takes'
    }
    return runChecks(context, [{ name: 'jobs azure-ml', run }], {})
  }
  if (image === undefined) throw missing('--image', 'REGISTRY/APP@sha256:…, as the build has printed it')
  const { name, version } = environmentOf(config.jobs.environment.replace('{app}', app))
  const commit = gitCommit()
  const { id, ...ensured } = await azure.ensureEnvironmentVersion(name, image, {
    ...{ signal, tags: { app, ...(commit === null ? {} : { sha: commit }) } },
    ...(version === undefined ? {} : { version }),
  })
  const environment = { name, version: ensured.version, image, id, created: ensured.created }
  const how = ensured.created ? 'registered' : 'was there already'
  return { summary: { environment }, text: `${name}:${ensured.version} ${how}: ${image}` }
}

async function azureOf(app: JobApp, context: RunContext) {
  const { azure } = await openRunner({ app }, context, { values: {}, allowInsecureArgv: false })
  if (azure === undefined) throw new Error('the kind of runner has been checked')
  return azure
}

/** `NAME@latest`: a version of its own; `NAME:VERSION`: that one. */
function environmentOf(reference: string): { readonly name: string; readonly version: string | undefined } {
  const [, name = reference, version] = /^([^:@]+)(?:@latest|:(.+))?$/.exec(reference) ?? []
  if (!reference.startsWith('/')) return { name, version }
  throw new UserError('no-environment', 'jobs.environment is an id: it names one version, made elsewhere', {
    hint: 'Write it as NAME@latest to register versions of it here.',
  })
}

function missing(flag: string, what: string): UserError {
  return new UserError('bad-arguments', `${flag} is missing`, { hint: `It takes ${what}.` })
}
