import type { EnvironmentVersion } from '@azure/arm-machinelearning'

import { JobRunnerError } from '../errors.ts'
import { NAME_PATTERN } from '../job-name.ts'
import type { CallOptions } from '../types.ts'
import type { Connection } from './connection.ts'
import { type AzureContext, workspacePath } from './context.ts'
import { failureOf, isRestError } from './failures.ts'

export interface EnvironmentOptions extends CallOptions {
  readonly tags?: Readonly<Record<string, string>>
  /** Default: made of the digest, `sha-1a2b3c4d5e6f`. */
  readonly version?: string
}

export interface EnsuredEnvironment {
  /** Full ARM id. */
  readonly id: string
  readonly version: string
  /** False where this image had been registered before. */
  readonly created: boolean
}

const IMAGE = /^\S+@sha256:([0-9a-f]{64})$/
const VERSION = /^[A-Za-z0-9][\w.-]{0,254}$/

export function environmentId(context: AzureContext, name: string, version: string): string {
  return `${workspacePath(context)}/environments/${name}/versions/${version}`
}

/** `sha-` and the first twelve digits of the image's digest: another image is another version. */
export function environmentVersionOf(image: string): string {
  const digest = IMAGE.exec(image)?.[1]
  if (digest !== undefined) return `sha-${digest.slice(0, 12)}`
  throw new JobRunnerError(
    'bad-settings',
    `The image ${JSON.stringify(image.slice(0, 200))} has no digest.`,
    {
      fault: 'input',
      where: 'image',
      hint: 'Name it as REGISTRY/APP@sha256:…: a tag may be moved to another image.',
    },
  )
}

/**
 * Sees to it that an environment's version is this image. A version never changes its image: the same one is found,
 * another one becomes another version.
 * @throws JobRunnerError `environment-conflict` where `version` is another image already
 */
export async function ensureEnvironmentVersion(
  connection: Connection,
  context: AzureContext,
  name: string,
  image: string,
  { tags = {}, version = environmentVersionOf(image), signal }: EnvironmentOptions = {},
): Promise<EnsuredEnvironment> {
  environmentVersionOf(image)
  checkName(name, version)
  const asked = `register environment ${name}:${version}`
  const ensured = { id: environmentId(context, name, version), version }
  const find = () => findVersion(connection, context, name, version, signal)
  const before = await find()
  if (before !== undefined) return { ...ensured, created: false, ...sameImage(before, image, asked) }
  const properties = {
    image,
    osType: 'Linux',
    tags: { ...tags },
    isAnonymous: false,
    autoRebuild: 'Disabled',
  }
  try {
    const { resourceGroup, workspace } = context
    await connection.call(
      asked,
      (client, options) =>
        client.environmentVersions.createOrUpdate(
          resourceGroup,
          workspace,
          name,
          version,
          { properties },
          options,
        ),
      { signal, expected: [400, 409] },
    )
    return { ...ensured, created: true }
  } catch (error) {
    if (!isRestError(error)) throw error
    // Somebody else may have been first; only what is there now tells.
    const now = await find()
    if (now === undefined) throw failureOf(error, asked)
    return { ...ensured, created: false, ...sameImage(now, image, asked) }
  }
}

function sameImage({ properties }: EnvironmentVersion, image: string, asked: string): object {
  if (properties.image === image) return {}
  throw new JobRunnerError('environment-conflict', `${asked} failed: this version is another image.`, {
    fault: 'input',
    where: properties.image,
    hint: 'Pick a new version: the image of a version never changes.',
  })
}

async function findVersion(
  connection: Connection,
  { resourceGroup, workspace }: AzureContext,
  name: string,
  version: string,
  signal: AbortSignal | undefined,
): Promise<EnvironmentVersion | undefined> {
  const asked = `look up environment ${name}:${version}`
  try {
    return await connection.call(
      asked,
      (client, options) => client.environmentVersions.get(resourceGroup, workspace, name, version, options),
      { signal, expected: [404] },
    )
  } catch (error) {
    // Where something around it is missing, the registration that follows is told so.
    if (isRestError(error)) return undefined
    throw error
  }
}

/**
 * The ARM id of an environment told as `NAME:VERSION`, `NAME@latest`, or the id itself.
 * @throws JobRunnerError `bad-settings`, `not-found`
 */
export async function resolveEnvironment(
  connection: Connection,
  context: AzureContext,
  reference: string,
  { signal }: CallOptions = {},
): Promise<string> {
  const told = environmentReference(context, reference)
  if ('id' in told) return told.id
  const { resourceGroup, workspace } = context
  const asked = `look up environment ${told.latestOf}`
  const container = await connection.call(
    asked,
    (client, options) => client.environmentContainers.get(resourceGroup, workspace, told.latestOf, options),
    { signal },
  )
  const { latestVersion } = container.properties
  if (latestVersion !== undefined) return environmentId(context, told.latestOf, latestVersion)
  throw new JobRunnerError('not-found', `${asked} failed: it has no version.`, {
    hint: 'Register its image: deploy-environment config.yaml --app APP --image IMAGE.',
    where: told.latestOf,
  })
}

export function environmentReference(
  context: AzureContext,
  reference: string,
): { readonly id: string } | { readonly latestOf: string } {
  if (/^\/subscriptions\/[^\s?#]+\/environments\/[^/\s?#]+\/versions\/[^/\s?#]+$/.test(reference)) {
    return { id: reference }
  }
  const [, name = '', mark = '', version = ''] = /^(?:azureml:)?([^:@]*)([:@])(.*)$/.exec(reference) ?? []
  checkName(name, mark === '@' && version === 'latest' ? 'latest' : version, reference)
  if (mark === ':') return { id: environmentId(context, name, version) }
  if (version === 'latest') return { latestOf: name }
  throw badEnvironment(reference)
}

function checkName(name: string, version: string, reference = `${name}:${version}`): void {
  if (NAME_PATTERN.test(name) && !/^(?:AzureML-|CliV2Anonymous)/.test(name) && VERSION.test(version)) return
  throw badEnvironment(reference)
}

function badEnvironment(reference: string): JobRunnerError {
  const shown = JSON.stringify(reference.slice(0, 300))
  return new JobRunnerError('bad-settings', `${shown} names no environment of yours.`, {
    fault: 'input',
    where: 'jobs.environment',
    hint: 'Write NAME:VERSION or NAME@latest; names take letters, digits, - and _, versions . too.',
  })
}
