import { sha256Hex } from './canonical-json.ts'
import { damaged, ModelRegistryError } from './errors.ts'
import { mlModelText } from './ml-model.ts'
import { modelCard } from './model-card.ts'
import { checkModel } from './model-schema.ts'
import {
  contentSha256,
  parseExtras,
  parseFacts,
  parsePackage,
  partBytesLimit,
  type OptionalPart,
  type PackageFacts,
  type PackageTexts,
  type PartName,
  type RequiredPart,
} from './package-content.ts'
import {
  manifestBytesLimit,
  manifestPath,
  packageFormatVersion,
  parseManifest,
  type Manifest,
  type ManifestFile,
} from './package-manifest.ts'
import { label } from './reference.ts'
import { readable, sealed } from './sealed-record.ts'
import type { Json, ModelPackage, ModelRef } from './types.ts'

/** A file of a package: its name and its text in UTF-8. */
export interface PackageFile {
  readonly path: string
  readonly text: string
}

export interface NewVersion extends ModelRef {
  readonly contentSha256: string
  /** ISO instant. */
  readonly createdAt: string
  /** From `checkPackage`. */
  readonly texts: PackageTexts
  /** Of the run that made it, in registries that keep runs. */
  readonly runId?: string
}

/** What a version says of itself. */
export type VersionFacts = ModelRef & PackageFacts & Pick<Manifest, 'contentSha256' | 'createdAt'>

/** Where the files of one version are read from. */
export interface PackageSource {
  /** The place of a file, for errors. */
  where(path: string): string
  /**
   * A file's bytes; `null` where there is none. One longer than `limit` is not read but `package-damaged`, or cut
   * after more than `limit` bytes.
   */
  read(path: string, limit: number): Promise<Uint8Array | null>
}

const paths: Readonly<Record<PartName, string>> = {
  model: 'model.json',
  schema: 'model.schema.json',
  metrics: 'metrics.json',
  params: 'params.json',
  lineage: 'lineage.json',
  signature: 'signature.json',
  description: 'description.json',
}
const requiredParts: readonly RequiredPart[] = ['model', 'schema', 'metrics', 'params', 'lineage']
const optionalParts: readonly OptionalPart[] = ['signature', 'description']

/** Made from the rest: for people and for tools that know MLflow's format. */
const mlModelPath = 'MLmodel'
const cardPath = 'model-card.md'

/** Every file a package may hold, the manifest included. Nothing else is ever written or read. */
export const packagePaths: readonly string[] = [...Object.values(paths), mlModelPath, cardPath, manifestPath]

/** The files of a version, the manifest last. */
export function packageFiles(version: NewVersion): PackageFile[] {
  const { texts, name, version: number, createdAt, contentSha256: digest } = version
  const extras = parseExtras(texts, label(version))
  const card = modelCard({ ...version, ...parseFacts(texts, label(version)), ...extras })
  const files: PackageFile[] = []
  for (const part of [...requiredParts, ...optionalParts]) {
    const text = texts[part]
    // The model is long and for machines; the rest is laid out for people.
    if (text !== undefined)
      files.push({ path: paths[part], text: part === 'model' ? text : readable(JSON.parse(text) as Json) })
  }
  files.push({ path: cardPath, text: card })
  files.push({ path: mlModelPath, text: mlModelText({ ...version, signature: extras.signature }) })
  const listed = files.map(({ path, text }) => ({
    path,
    bytes: Buffer.byteLength(text),
    sha256: sha256Hex(text),
  }))
  const manifest = {
    formatVersion: packageFormatVersion,
    name,
    version: number,
    createdAt,
    contentSha256: digest,
  }
  return [...files, { path: manifestPath, text: sealed({ ...manifest, files: listed }) }]
}

/** Metrics, params and lineage without the model. @throws ModelRegistryError as `readPackage` */
export async function readFacts(source: PackageSource, ref: ModelRef): Promise<VersionFacts> {
  const manifest = await readManifest(source, ref)
  const texts = {
    metrics: await readPart(source, manifest, 'metrics'),
    params: await readPart(source, manifest, 'params'),
    lineage: await readPart(source, manifest, 'lineage'),
  }
  return factsOf(manifest, parseFacts(texts, label(ref)))
}

/**
 * The whole package and its facts. Every file is read; none is parsed before its size and digest are those of the
 * manifest.
 * @throws ModelRegistryError `package-damaged`, naming the file; `format-newer`, `package-too-large`, `bad-package`
 */
export async function readPackage(
  source: PackageSource,
  ref: ModelRef,
): Promise<{ readonly facts: VersionFacts; readonly pkg: ModelPackage }> {
  const manifest = await readManifest(source, ref)
  const texts: PackageTexts = {
    model: await readPart(source, manifest, 'model'),
    schema: await readPart(source, manifest, 'schema'),
    metrics: await readPart(source, manifest, 'metrics'),
    params: await readPart(source, manifest, 'params'),
    lineage: await readPart(source, manifest, 'lineage'),
    ...(await optionalText(source, manifest, 'signature')),
    ...(await optionalText(source, manifest, 'description')),
  }
  for (const file of manifest.files) {
    if (file.path === mlModelPath || file.path === cardPath) await readListed(source, file)
  }
  const pkg = parsePackage(texts, label(ref))
  if (contentSha256(pkg) !== manifest.contentSha256) {
    throw damaged(source.where(manifestPath), 'its contentSha256 is not that of model and schema')
  }
  await checkModel(pkg.model, texts.schema, label(ref))
  return { facts: factsOf(manifest, pkg), pkg }
}

function factsOf(manifest: Manifest, { metrics, params, lineage }: PackageFacts): VersionFacts {
  const { name, version, contentSha256: digest, createdAt } = manifest
  return { name, version, contentSha256: digest, createdAt, metrics, params, lineage }
}

async function readManifest(source: PackageSource, ref: ModelRef): Promise<Manifest> {
  const where = source.where(manifestPath)
  const bytes = await source.read(manifestPath, manifestBytesLimit)
  if (bytes === null) throw damaged(where, 'it is missing')
  const manifest = parseManifest(textOf(bytes), ref, where)
  const strange = manifest.files.find(({ path }) => !packagePaths.includes(path))
  if (strange !== undefined) throw damaged(where, `no package holds a file "${strange.path}"`)
  return manifest
}

async function readPart(source: PackageSource, manifest: Manifest, part: RequiredPart): Promise<string> {
  const file = manifest.files.find(({ path }) => path === paths[part])
  if (file === undefined) throw damaged(source.where(manifestPath), `it does not list ${paths[part]}`)
  return readListed(source, file)
}

async function optionalText(
  source: PackageSource,
  manifest: Manifest,
  part: OptionalPart,
): Promise<Partial<Record<OptionalPart, string>>> {
  const file = manifest.files.find(({ path }) => path === paths[part])
  return file === undefined ? {} : { [part]: await readListed(source, file) }
}

async function readListed(source: PackageSource, file: ManifestFile): Promise<string> {
  const where = source.where(file.path)
  if (file.bytes > partBytesLimit) {
    throw new ModelRegistryError('package-too-large', `${where} has ${String(file.bytes)} bytes.`, {
      fault: 'input',
      where,
      hint: `Fetch models of at most ${String(partBytesLimit)} bytes a file.`,
    })
  }
  const bytes = await source.read(file.path, file.bytes)
  if (bytes === null) throw damaged(where, 'it is missing')
  if (bytes.length !== file.bytes)
    throw damaged(where, `it has ${String(bytes.length)} bytes, not ${String(file.bytes)}`)
  if (sha256Hex(bytes) !== file.sha256) throw damaged(where, 'its SHA-256 is not that of the manifest')
  return textOf(bytes)
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}
