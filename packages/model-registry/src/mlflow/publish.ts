import { basename } from 'node:path/posix'

import { backtestCharts } from '../charts/backtest-charts.ts'
import { ModelRegistryError, versionConflict } from '../errors.ts'
import type { PackageTexts } from '../package-content.ts'
import { packageFiles, readPackage } from '../package-files.ts'
import { firstVersion, label, nextMinor } from '../reference.ts'
import type { Backtest, ModelPackage, PublishOptions } from '../types.ts'
import { artifactSource, packageFolder, uploadFiles } from './artifacts.ts'
import { apiRoot, type Context } from './context.ts'
import { logRun } from './log-run.ts'
import { ensureModel } from './models.ts'
import { pause, retrying } from '../retrying.ts'
import { finishRun, openRun, type OpenRun } from './runs.ts'
import { factTagsOf, versionTags } from './tags.ts'
import {
  claimsOf,
  deleteVersion,
  readyOf,
  retirementOf,
  searchVersions,
  storedVersion,
  type Claims,
  type StoredVersion,
} from './versions.ts'
import { versionSchema } from './wire.ts'

/** Each lost race means that another run got through. */
const attempts = 10
const readyPollMs = 500

export interface NewContent {
  readonly pkg: ModelPackage
  readonly texts: PackageTexts
  readonly digest: string
}

export interface Published {
  readonly stored: StoredVersion
  readonly created: boolean
}

/**
 * Run, logs and files first, the version last: nothing of a publish that broke off is seen, and the same publish again
 * goes on in the same run. Of two at once that take one number, the one MLflow made first has it; the other is taken
 * back and goes on with the next number, or finds that the first has the same content.
 * @throws ModelRegistryError `version-conflict`
 */
export async function publishContent(
  context: Context,
  content: NewContent,
  options: PublishOptions,
): Promise<Published> {
  const { name, version } = options
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const claims = claimsOf(await searchVersions(context, name))
    // Left by a run that ended between making a version and taking it back.
    for (const lost of claims.lost) await deleteVersion(context, lost)
    const known = await sameContent(context, content, claims, options)
    if (known === 'lost') continue
    if (known !== null) return { stored: known, created: false }
    const highest = claims.held.at(-1)?.version
    const next = version ?? (highest === undefined ? firstVersion : nextMinor(highest))
    const placed = await place(context, content, next, options)
    if (placed !== null) return { stored: placed, created: true }
  }
  throw new ModelRegistryError('version-conflict', `Other runs kept publishing ${name}.`, {
    retryable: true,
    where: name,
    hint: 'Try again once the other runs are done.',
  })
}

/**
 * The version that has this content already; one that is not ready yet is waited for.
 * @throws ModelRegistryError `version-conflict` where the version asked for has another
 */
async function sameContent(
  context: Context,
  { digest }: NewContent,
  claims: Claims,
  { name, version }: PublishOptions,
): Promise<StoredVersion | 'lost' | null> {
  const pending = claims.held.findLast(({ status }) => status !== 'READY')
  if (pending?.contentSha256 === digest && (version ?? pending.version) === pending.version) {
    return (await settled(context, pending)) ?? 'lost'
  }
  if (version === undefined) {
    const latest = readyOf(claims).findLast((stored) => retirementOf(stored) === null)
    return latest?.contentSha256 === digest && (await isWhole(context, latest)) ? latest : null
  }
  const taken = claims.held.find((stored) => stored.version === version)
  if (taken === undefined) return null
  if (taken.contentSha256 !== digest) throw versionConflict(label({ name, version }))
  await readPackage(artifactSource(context, taken), { name, version })
  return taken
}

/** A damaged latest version must not keep a new one from being published. */
async function isWhole(context: Context, { name, version, ...rest }: StoredVersion): Promise<boolean> {
  try {
    await readPackage(artifactSource(context, { name, ...rest }), { name, version })
    return true
  } catch (error) {
    if (ModelRegistryError.isInstance(error) && ['package-damaged', 'bad-package'].includes(error.code)) {
      return false
    }
    throw error
  }
}

/** `null` where another run was faster with this number. */
async function place(
  context: Context,
  { pkg, texts, digest }: NewContent,
  version: string,
  { name, backtest, run = {} }: PublishOptions,
): Promise<StoredVersion | null> {
  const { gitCommit } = pkg.lineage
  const facts = { name, version, contentSha256: digest, texts, gitCommit, run }
  const open = await openRun(context, context.settings.experiment ?? name, facts)
  await logRun(context, open.id, { pkg, backtest, at: open.createdAt })
  const files = packageFiles({ ...facts, createdAt: open.createdAt, runId: open.id })
  await uploadFiles(context, `${open.root}/${packageFolder}`, files)
  if (backtest !== undefined) await uploadCharts(context, open, backtest)
  await finishRun(context, open.id, run)
  await ensureModel(context, name)
  const mine = await retrying(context.settings.clock, context.signal, {
    attempt: () => createVersion(context, open, facts),
    look: async () =>
      (await searchVersions(context, name, version)).find(({ uri }) => uri === uriOf(open)) ?? null,
  })
  return settled(context, mine)
}

/** Beside the package, where MLflow shows them. */
async function uploadCharts(context: Context, { root }: OpenRun, backtest: Backtest): Promise<void> {
  const charts = backtestCharts(backtest).map(({ path, text }) => ({ path: basename(path), text }))
  if (charts.length > 0) await uploadFiles(context, `${root}/charts`, charts)
}

interface VersionFacts {
  readonly name: string
  readonly version: string
  readonly contentSha256: string
  readonly texts: PackageTexts
}

async function createVersion(
  { api, signal }: Context,
  open: OpenRun,
  { name, version, contentSha256, texts }: VersionFacts,
): Promise<StoredVersion> {
  const answer = await api.get(
    {
      what: `Creating ${label({ name, version })}`,
      method: 'POST',
      path: `${apiRoot}/model-versions/create`,
      json: {
        name,
        source: uriOf(open),
        run_id: open.id,
        description: version,
        tags: [
          { key: versionTags.version, value: version },
          { key: versionTags.contentSha256, value: contentSha256 },
          { key: versionTags.createdAt, value: open.createdAt },
          ...factTagsOf(texts),
        ],
      },
      signal,
    },
    versionSchema,
  )
  const stored = storedVersion(answer.model_version)
  if (stored !== null) return stored
  throw new ModelRegistryError('bad-answer', `MLflow made ${label({ name, version })} without its tags.`, {
    where: `models:/${name}/${answer.model_version.version}`,
    hint: 'Use a server that keeps the tags of model versions: MLflow 2 or 3.',
  })
}

/** Waits until the version is ready, and takes it back where another has its number. */
async function settled(context: Context, mine: StoredVersion): Promise<StoredVersion | null> {
  const { clock, readyTimeoutMs } = context.settings
  const until = clock.now() + readyTimeoutMs
  for (;;) {
    const claims = claimsOf(await searchVersions(context, mine.name, mine.version))
    const held = claims.held.find(({ number }) => number === mine.number)
    if (held?.status === 'READY') return held
    if (held === undefined) {
      const failed = claims.lost.find(({ number }) => number === mine.number)
      await deleteVersion(context, mine)
      if (failed?.status !== 'FAILED_REGISTRATION') return null
      throw notReady(mine, 'could not be registered')
    }
    if (clock.now() >= until) {
      throw notReady(mine, `is still not ready after ${String(Math.round(readyTimeoutMs / 1000))} s`)
    }
    await pause(clock, context.signal, readyPollMs)
  }
}

function uriOf({ artifactUri }: OpenRun): string {
  return `${artifactUri}/${packageFolder}`
}

function notReady(version: StoredVersion, problem: string): ModelRegistryError {
  return new ModelRegistryError('registry-unavailable', `${label(version)} ${problem}.`, {
    retryable: true,
    where: `models:/${version.name}/${String(version.number)}`,
    hint: 'Look at the version in MLflow, then publish again.',
  })
}
