import { open } from 'node:fs/promises'
import { join } from 'node:path'

import { z } from 'zod'

import { sha256Hex } from '../canonical-json.ts'
import { ModelRegistryError } from '../errors.ts'
import { checkModel } from '../model-schema.ts'
import {
  contentSha256,
  parseFacts,
  parsePackage,
  partBytesLimit,
  type PackageFacts,
  type PackageTexts,
  type PartName,
} from '../package-content.ts'
import { label } from '../reference.ts'
import type { Json, ModelPackage, ModelRef } from '../types.ts'
import { codeOf, damaged, unreadable } from './file-failures.ts'
import type { FileText } from './folders.ts'
import { formatVersion, readable, sealed, unsealed } from './sealed-record.ts'

const manifestName = 'manifest.json'
const manifestBytesLimit = 64 * 1024

const fileNames: Readonly<Record<PartName, string>> = {
  model: 'model.json',
  schema: 'model.schema.json',
  metrics: 'metrics.json',
  params: 'params.json',
  lineage: 'lineage.json',
}

const fileSchema = z.strictObject({ bytes: z.int().nonnegative(), sha256: z.string() })
const manifestSchema = z.strictObject({
  formatVersion: z.literal(formatVersion),
  name: z.string(),
  version: z.string(),
  createdAt: z.string(),
  contentSha256: z.string(),
  files: z.strictObject({
    model: fileSchema,
    schema: fileSchema,
    metrics: fileSchema,
    params: fileSchema,
    lineage: fileSchema,
  }),
})

type Manifest = z.infer<typeof manifestSchema>

/** What a version says of itself. */
export type VersionFacts = ModelRef & PackageFacts & Pick<Manifest, 'contentSha256' | 'createdAt'>

export interface NewVersion extends ModelRef {
  readonly contentSha256: string
  readonly createdAt: string
  readonly texts: PackageTexts
}

/** The files of a version, the manifest last. */
export function versionFiles({ texts, ...facts }: NewVersion): FileText[] {
  const contents: PackageTexts = {
    // The model is long and for machines; the rest is laid out for people.
    model: texts.model,
    schema: laidOut(texts.schema),
    metrics: laidOut(texts.metrics),
    params: laidOut(texts.params),
    lineage: laidOut(texts.lineage),
  }
  const parts = Object.keys(fileNames) as PartName[]
  const files = Object.fromEntries(
    parts.map((part) => [
      part,
      { bytes: Buffer.byteLength(contents[part]), sha256: sha256Hex(contents[part]) },
    ]),
  )
  return [
    ...parts.map((part): FileText => [fileNames[part], contents[part]]),
    [manifestName, sealed({ formatVersion, ...facts, files })],
  ]
}

/** @throws ModelRegistryError `package-damaged`, naming the file; `format-newer` */
export async function readFacts(folder: string, ref: ModelRef): Promise<VersionFacts> {
  const manifest = await readManifest(folder, ref)
  const texts = {
    metrics: await readPart(folder, manifest, 'metrics'),
    params: await readPart(folder, manifest, 'params'),
    lineage: await readPart(folder, manifest, 'lineage'),
  }
  const { contentSha256: digest, createdAt } = manifest
  return { ...ref, contentSha256: digest, createdAt, ...parseFacts(texts, label(ref)) }
}

/** The whole package; nothing is parsed before its size and digest are those of the manifest. */
export async function readPackage(folder: string, ref: ModelRef): Promise<ModelPackage> {
  const manifest = await readManifest(folder, ref)
  const texts = {
    model: await readPart(folder, manifest, 'model'),
    schema: await readPart(folder, manifest, 'schema'),
    metrics: await readPart(folder, manifest, 'metrics'),
    params: await readPart(folder, manifest, 'params'),
    lineage: await readPart(folder, manifest, 'lineage'),
  }
  const pkg = parsePackage(texts, label(ref))
  if (contentSha256(pkg) !== manifest.contentSha256) {
    throw damaged(join(folder, manifestName), 'its contentSha256 is not that of model and schema')
  }
  await checkModel(pkg.model, texts.schema, label(ref))
  return pkg
}

async function readManifest(folder: string, { name, version }: ModelRef): Promise<Manifest> {
  const path = join(folder, manifestName)
  const bytes = await readBounded(path, manifestBytesLimit)
  const manifest = unsealed(bytes.toString('utf8'), manifestSchema, path)
  if (manifest.name !== name || manifest.version !== version) {
    throw damaged(path, `it belongs to ${label(manifest)}`)
  }
  return manifest
}

async function readPart(folder: string, manifest: Manifest, part: PartName): Promise<string> {
  const path = join(folder, fileNames[part])
  const expected = manifest.files[part]
  if (expected.bytes > partBytesLimit) {
    throw new ModelRegistryError('package-too-large', `${path} has ${String(expected.bytes)} bytes.`, {
      fault: 'input',
      where: path,
      hint: `Fetch models of at most ${String(partBytesLimit)} bytes a file.`,
    })
  }
  const bytes = await readBounded(path, expected.bytes)
  if (bytes.length !== expected.bytes)
    throw damaged(path, `it has ${String(bytes.length)} bytes, not ${String(expected.bytes)}`)
  if (sha256Hex(bytes) !== expected.sha256) throw damaged(path, 'its SHA-256 is not that of the manifest')
  return bytes.toString('utf8')
}

/** Never reads more than the limit, whatever lies there. */
async function readBounded(path: string, limit: number): Promise<Buffer> {
  try {
    const file = await open(path, 'r')
    try {
      const { size } = await file.stat()
      if (size > limit) throw damaged(path, `it has ${String(size)} bytes, more than ${String(limit)}`)
      return await file.readFile()
    } finally {
      await file.close()
    }
  } catch (error) {
    if (['ENOENT', 'EISDIR', 'ENOTDIR'].includes(codeOf(error))) throw damaged(path, 'it is missing')
    throw unreadable(error, path)
  }
}

function laidOut(text: string): string {
  return readable(JSON.parse(text) as Json)
}
