import { canonicalJson, sha256Hex } from '../canonical-json.ts'
import type { PackageTexts } from '../package-content.ts'
import { label } from '../reference.ts'
import type { ModelRef, RunFacts } from '../types.ts'
import { requireProxied } from './artifacts.ts'
import { apiRoot, instant, type Context } from './context.ts'
import { ensureExperiment } from './experiments.ts'
import { retrying } from '../retrying.ts'
import { runTags, versionTags, type Tag } from './tags.ts'
import { runSchema, runsSchema, type RunDto } from './wire.ts'

/** What a run is made of. */
export interface NewRun extends ModelRef {
  readonly contentSha256: string
  readonly texts: PackageTexts
  readonly gitCommit: string | null
  readonly run: RunFacts | undefined
}

/** A run whose artifacts can be written. */
export interface OpenRun {
  readonly id: string
  readonly artifactUri: string
  /** The same behind the proxy. */
  readonly root: string
  /** ISO instant: of the version, whoever completes it, so that its files are the same. */
  readonly createdAt: string
}

/** The run in which a publish of all this began before, or a new one. */
export async function openRun(context: Context, name: string, facts: NewRun): Promise<OpenRun> {
  const { api, settings, signal } = context
  const experiment = await ensureExperiment(context, name)
  const publish = publishKey(facts)
  const find = async (): Promise<RunDto | null> => {
    const { runs } = await api.get(
      {
        what: `Looking for a run of ${label(facts)}`,
        method: 'POST',
        path: `${apiRoot}/runs/search`,
        json: {
          experiment_ids: [experiment],
          filter: `tags.\`${runTags.publish}\` = '${publish}'`,
          max_results: 1,
        },
        repeatable: true,
        signal,
      },
      runsSchema,
    )
    return runs[0] ?? null
  }
  const found =
    (await find()) ??
    (await retrying(settings.clock, signal, {
      attempt: () => createRun(context, experiment, publish, facts),
      look: find,
    }))
  const { run_id: id, artifact_uri: artifactUri } = found.info
  return {
    id,
    artifactUri,
    root: requireProxied(artifactUri),
    createdAt: found.data.tags.get(runTags.createdAt) ?? instant(context),
  }
}

/** Sent again it changes nothing. */
export async function finishRun(
  { api, settings, signal }: Context,
  id: string,
  { endedAt = settings.clock.now() }: RunFacts,
): Promise<void> {
  await api.send({
    what: 'Finishing the run',
    method: 'POST',
    path: `${apiRoot}/runs/update`,
    json: { run_id: id, status: 'FINISHED', end_time: Math.trunc(endedAt) },
    repeatable: true,
    signal,
  })
}

async function createRun(
  context: Context,
  experiment: string,
  publish: string,
  facts: NewRun,
): Promise<RunDto> {
  const { api, settings, signal } = context
  const { run } = await api.get(
    {
      what: 'Creating the run',
      method: 'POST',
      path: `${apiRoot}/runs/create`,
      json: {
        experiment_id: experiment,
        run_name: label(facts),
        start_time: Math.trunc(facts.run?.startedAt ?? settings.clock.now()),
        tags: [...describingTags(facts), ...ownTags(facts, publish, instant(context))],
      },
      signal,
    },
    runSchema,
  )
  return run
}

function ownTags({ version, contentSha256 }: NewRun, publish: string, createdAt: string): Tag[] {
  return [
    { key: versionTags.version, value: version },
    { key: versionTags.contentSha256, value: contentSha256 },
    { key: runTags.publish, value: publish },
    { key: runTags.createdAt, value: createdAt },
  ]
}

/** Under the names by which MLflow's own tools know them. */
function describingTags({ gitCommit, run = {} }: NewRun): Tag[] {
  const { branch, origin, user } = run.git ?? {}
  const named: readonly (readonly [string, string | null | undefined])[] = [
    ['mlflow.source.name', 'airq'],
    ['mlflow.source.type', 'JOB'],
    ['mlflow.source.git.commit', gitCommit],
    ['mlflow.source.git.branch', branch],
    ['mlflow.source.git.repoURL', origin],
    ['mlflow.user', user],
  ]
  return [
    ...(run.tags ?? []).map((tag) => ({ key: plainKey(tag), value: 'true' })),
    ...named.flatMap(([key, value]) => (value === undefined || value === null ? [] : [{ key, value }])),
  ]
}

/** What MLflow takes for the name of a metric, parameter or tag. */
export function plainKey(name: string): string {
  const plain = name
    .replaceAll(/[^\w.\- :/]/g, '_')
    .replaceAll(/\/+/g, '/')
    .replaceAll(/(?<=^|\/)\.+(?=\/|$)/g, '_')
    .replaceAll(/^\/|\/$/g, '_')
    .slice(0, 250)
  return plain === '' ? '_' : plain
}

/** One for everything that makes a difference to a version or its run's parameters. */
function publishKey({ name, version, texts }: NewRun): string {
  return sha256Hex(canonicalJson({ name, version, texts: { ...texts } }))
}
