import { ModelRegistryError, versionConflict } from '../errors.ts'
import { contentSha256, parseFacts, type PackageTexts } from '../package-content.ts'
import { packageFiles, type PackageFile } from '../package-files.ts'
import { firstVersion, label, nextMinor } from '../reference.ts'
import { retrying } from '../retrying.ts'
import type { ModelPackage, ModelRef, ModelVersion, PublishOptions, PublishResult } from '../types.ts'
import { createExperiment, logRun, uploadAsset } from './log-run.ts'
import { readVersions, shown, shownSoon, type CometContext, type Registered } from './registered.ts'
import { isRetired, type VersionReader } from './version-reader.ts'
import { assetsSchema, experimentModelsSchema, registeredSchema } from './wire.ts'

/** Each lost race means that another trainer got through; so many in a row mean that something is wrong. */
const attempts = 5
const commentLimit = 300

export interface NewContent {
  readonly pkg: ModelPackage
  readonly texts: PackageTexts
  readonly digest: string
  readonly options: PublishOptions
  /** Epoch ms. */
  readonly at: number
}

/**
 * A run with everything in it, then a version that points at it: what a broken publish leaves behind is a run
 * without version, which another publish passes by.
 */
export async function publish(
  context: CometContext,
  reader: VersionReader,
  content: NewContent,
): Promise<PublishResult> {
  const { name, version: asked } = content.options
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const versions = await readVersions(context, name)
    const known = versions ?? []
    const same = await withContent(reader, name, known, content)
    if (same !== null) return { version: same, created: false }
    if (asked !== undefined && known.some(({ version }) => version === asked)) {
      throw versionConflict(label({ name, version: asked }))
    }
    const highest = known.at(-1)?.version
    const next = asked ?? (highest === undefined ? firstVersion : nextMinor(highest))
    const made = await publishAs(context, { name, version: next }, content)
    if (made) return { version: newVersion({ name, version: next }, content), created: true }
  }
  throw new ModelRegistryError('version-conflict', `Other trainers kept publishing ${name}.`, {
    retryable: true,
    where: name,
    hint: 'Try again once the other runs are done.',
  })

  /** The version asked for or the latest, if it has this content and is whole. */
  async function withContent(
    from: VersionReader,
    model: string,
    known: readonly Registered[],
    { digest }: NewContent,
  ): Promise<ModelVersion | null> {
    const candidate =
      asked === undefined
        ? known.findLast((version) => !isRetired(version))
        : known.find(({ version }) => version === asked)
    if (candidate === undefined) return null
    const pkg = await from.fetch(context, model, candidate).catch((error: unknown) => {
      if (asked === undefined && isDamage(error)) return null
      throw error
    })
    return pkg !== null && contentSha256(pkg) === digest ? from.read(context, model, candidate, known) : null
  }
}

/** False where another trainer took the version first. */
async function publishAs(
  context: CometContext,
  ref: ModelRef,
  { pkg, texts, digest, options, at }: NewContent,
): Promise<boolean> {
  const experimentKey = await createExperiment(context, ref)
  const { backtest, run } = options
  await logRun(context, experimentKey, {
    ...ref,
    contentSha256: digest,
    publishedAt: at,
    pkg,
    backtest,
    run,
  })
  const createdAt = new Date(at).toISOString()
  const files = packageFiles({ ...ref, contentSha256: digest, createdAt, texts, runId: experimentKey })
  for (const file of files) {
    await uploadAsset(context, { experimentKey, type: 'model-element', groupingName: ref.name }, file)
  }
  const experimentModelId = await uploadedModel(context, ref, experimentKey, files)
  return register(context, ref, experimentModelId, experimentKey, commentOf(digest, pkg))
}

/** Registration takes whatever files are there, so all must be, with their sizes. */
async function uploadedModel(
  context: CometContext,
  { name }: ModelRef,
  experimentKey: string,
  files: readonly PackageFile[],
): Promise<string> {
  const { api, signal } = context
  const what = `the files of ${name}`
  await shown(context, what, async () => {
    const { assets } = await api.get(
      {
        what: `Listing ${what}`,
        path: '/experiment/asset/list',
        query: { experimentKey, type: 'model-element' },
        signal,
      },
      assetsSchema,
    )
    const sizes = new Map((assets ?? []).map(({ fileName, fileSize }) => [fileName, fileSize]))
    return files.every(({ path, text }) => sizes.get(path) === Buffer.byteLength(text)) ? true : null
  })
  return shown(context, `the model of the experiment`, async () => {
    const { models } = await api.get(
      { what: `Looking for ${what}`, path: '/experiment/model', query: { experimentKey }, signal },
      experimentModelsSchema,
    )
    const found = (models ?? []).find((model) => (model.modelName ?? model.experimentModelName) === name)
    return found?.experimentModelId ?? null
  })
}

async function register(
  context: CometContext,
  ref: ModelRef,
  experimentModelId: string,
  experimentKey: string,
  comment: string,
): Promise<boolean> {
  const { api, settings, signal } = context
  const { name, version } = ref
  settings.progress({ step: 'register', message: label(ref) })
  const holderOf = async (): Promise<Registered | null> =>
    (await readVersions(context, name))?.find((other) => other.version === version) ?? null
  const body = { experimentModelId, registryModelName: name, version, comment, stages: [] }
  const attempt = async (): Promise<string> => {
    const isNew = (await readVersions(context, name)) === null
    const request = isNew
      ? {
          path: '/write/registry-model',
          json: { ...body, description: `Forecasts of ${name}`, isPublic: false },
        }
      : { path: '/write/registry-model/item', json: body }
    const made = await api.get({ what: `Registering ${label(ref)}`, ...request, signal }, registeredSchema)
    return made.registryModelItemId
  }
  const itemId = await retrying(settings.clock, signal, {
    attempt,
    look: async () => (await shownSoon(context, holderOf))?.itemId ?? null,
  }).catch(async (error: unknown) => {
    if (!isRefusal(error)) throw error
    // Somebody registered the name or the number first; a name that is there now takes a further version.
    const holder = await shownSoon(context, holderOf)
    if (holder !== null) return holder.itemId
    return attempt()
  })
  const holder = await shown(context, label(ref), holderOf)
  if (holder.experimentKey === experimentKey) return true
  settings.progress({ step: 'conflict', message: `${label(ref)} was published by another run` })
  if (itemId !== holder.itemId) await withdraw(context, ref, itemId)
  return false
}

/** Where Comet took a second version of one number: ours, which came second, goes. */
async function withdraw({ api, signal }: CometContext, ref: ModelRef, itemId: string): Promise<void> {
  await api.send({
    what: `Withdrawing the second ${label(ref)}`,
    path: '/write/registry-model/item/delete',
    query: { modelItemId: itemId },
    sent: 'once',
    signal,
  })
}

/** As it will be read: its zip is first unpacked when somebody asks for it. */
function newVersion(ref: ModelRef, { texts, digest, at }: NewContent): ModelVersion {
  const createdAt = new Date(at).toISOString()
  const facts = parseFacts(texts, label(ref))
  return { ...ref, contentSha256: digest, createdAt, ...facts, stages: [], retired: null }
}

function commentOf(digest: string, { metrics }: ModelPackage): string {
  const scores = Object.entries(metrics).map(([name, value]) => `${name} ${String(value)}`)
  return [`content ${digest.slice(0, 12)}`, ...scores].join(', ').slice(0, commentLimit)
}

function isRefusal(error: unknown): boolean {
  return ModelRegistryError.isInstance(error) && error.code === 'registry-refused'
}

function isDamage(error: unknown): boolean {
  return ModelRegistryError.isInstance(error) && ['package-damaged', 'bad-package'].includes(error.code)
}
