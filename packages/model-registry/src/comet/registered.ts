import { ModelRegistryError } from '../errors.ts'
import { checkName, checkVersion, compareVersions, isName, isVersion, label } from '../reference.ts'
import { pause } from '../retrying.ts'
import type { ModelRef } from '../types.ts'
import type { Api } from './api.ts'
import { noSuchModel } from './refusal.ts'
import type { Settings } from './settings.ts'
import { detailsSchema, modelsSchema } from './wire.ts'

/** After a lost answer, before a write is sent again. */
const looks = 5

/** What every call needs. */
export interface CometContext {
  readonly api: Api
  readonly settings: Settings
  readonly signal: AbortSignal | undefined
}

/** A version as Comet keeps it: a pointer to the files of an experiment. */
export interface Registered {
  readonly itemId: string
  readonly version: string
  readonly comment: string
  /** Free texts: our stages, `retired`, and what people put there. */
  readonly tags: readonly string[]
  readonly experimentKey: string
  /** Epoch ms. */
  readonly updatedAt: number
}

/** The names of the registry's models that we could have given. */
export async function registeredNames({ api, settings, signal }: CometContext): Promise<string[]> {
  const { registryModels } = await api.get(
    {
      what: 'Listing the models',
      path: '/registry-model',
      query: { workspaceName: settings.workspace },
      signal,
    },
    modelsSchema,
  )
  return (registryModels ?? [])
    .filter(({ modelName, numberOfVersions }) => isName(modelName) && numberOfVersions !== 0)
    .map(({ modelName }) => modelName)
    .sort()
}

/** `null`: there is no such model. Of two versions of one number the older counts. */
export async function readVersions(
  { api, settings, signal }: CometContext,
  name: string,
): Promise<Registered[] | null> {
  const details = await api.json(
    {
      what: `Looking up ${name}`,
      path: '/registry-model/details',
      query: { workspaceName: settings.workspace, modelName: name },
      tolerate: noSuchModel,
      signal,
    },
    detailsSchema,
  )
  if (details === null) return null
  const byAge = (details.versions ?? [])
    .filter(({ version }) => isVersion(version))
    .sort((a, b) => (a.createdAt ?? 0) - (b.createdAt ?? 0))
  const numbers = new Map<string, Registered>()
  for (const { version, registryModelItemId, comment, stages, experimentModel, ...times } of byAge) {
    if (numbers.has(version)) continue
    numbers.set(version, {
      itemId: registryModelItemId,
      version,
      comment: comment ?? '',
      tags: stages ?? [],
      experimentKey: experimentModel.experimentKey,
      updatedAt: times.lastUpdated ?? times.createdAt ?? 0,
    })
  }
  return [...numbers.values()].sort((a, b) => compareVersions(a.version, b.version))
}

/** @throws ModelRegistryError `not-found` */
export function demandVersion(versions: readonly Registered[] | null, ref: ModelRef): Registered {
  const found = versions?.find(({ version }) => version === ref.version)
  if (found !== undefined) return found
  throw new ModelRegistryError('not-found', `The registry has no ${label(ref)}.`, {
    fault: 'input',
    where: label(ref),
    hint: 'Choose a version that list() names, or train first.',
  })
}

/**
 * Comet knows models by lower-case letters, digits and single dashes, and would change any other name.
 * @throws ModelRegistryError `bad-name`
 */
export function checkCometName(name: string): void {
  checkName(name)
  if (/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) return
  throw new ModelRegistryError('bad-name', `"${name}" is not a name that Comet keeps as it is.`, {
    fault: 'input',
    where: name,
    hint: 'Use a-z and 0-9, with single dashes between them.',
  })
}

export function checkCometRef({ name, version }: ModelRef): void {
  checkCometName(name)
  checkVersion(version)
}

/** Whether a write whose answer was lost took effect: a few looks, since the first may come too early. */
export async function shownSoon<T>(
  { settings, signal }: CometContext,
  read: () => Promise<T | null>,
): Promise<T | null> {
  for (let look = 1; ; look += 1) {
    const value = await read()
    if (value !== null || look === looks) return value
    await pause(settings.clock, signal, settings.pollIntervalMs)
  }
}

/**
 * Reads until what was written is shown.
 * @returns what `read` gives when it is not `null`
 * @throws ModelRegistryError `registry-unavailable` when the time is over
 */
export async function shown<T>(
  { settings, signal }: CometContext,
  what: string,
  read: () => Promise<T | null>,
): Promise<T> {
  const { clock, pollIntervalMs, visibleWithinMs, progress } = settings
  const deadline = clock.now() + visibleWithinMs
  for (;;) {
    const value = await read()
    if (value !== null) return value
    if (clock.now() >= deadline) {
      throw new ModelRegistryError(
        'registry-unavailable',
        `Comet did not show ${what} within ${String(visibleWithinMs)} ms.`,
        { retryable: true, where: what, hint: 'Run it again: it goes on with what is there.' },
      )
    }
    progress({ step: 'waiting', message: `waiting for ${what}` })
    await pause(clock, signal, pollIntervalMs)
  }
}
