import { z } from 'zod'

import { damaged } from './errors.ts'
import { label } from './reference.ts'
import { unsealed } from './sealed-record.ts'
import type { ModelRef } from './types.ts'

/** Written by this version of the package; older ones are read, newer ones refused. */
export const packageFormatVersion = 2

export const manifestPath = 'manifest.json'
export const manifestBytesLimit = 64 * 1024

export interface ManifestFile {
  readonly path: string
  readonly bytes: number
  readonly sha256: string
}

/** What a version holds, written last: a package without it is not whole. */
export interface Manifest extends ModelRef {
  readonly createdAt: string
  readonly contentSha256: string
  readonly files: readonly ManifestFile[]
}

const fileSchema = z.strictObject({ bytes: z.int().nonnegative(), sha256: z.string() })
const facts = {
  name: z.string(),
  version: z.string(),
  createdAt: z.string(),
  contentSha256: z.string(),
}

const manifestSchema = z.discriminatedUnion('formatVersion', [
  // Format 1 named files by part and had neither `MLmodel` nor model card.
  z
    .strictObject({
      formatVersion: z.literal(1),
      ...facts,
      files: z.strictObject({
        model: fileSchema,
        schema: fileSchema,
        metrics: fileSchema,
        params: fileSchema,
        lineage: fileSchema,
      }),
    })
    .transform(({ files: { model, schema, ...rest }, ...manifest }) => ({
      ...manifest,
      files: Object.entries({ model, 'model.schema': schema, ...rest }).map(([part, file]) => ({
        path: `${part}.json`,
        ...file,
      })),
    })),
  z.strictObject({
    formatVersion: z.literal(packageFormatVersion),
    ...facts,
    files: z.array(fileSchema.extend({ path: z.string() })),
  }),
])

/**
 * @param where for errors: where the manifest lies
 * @throws ModelRegistryError `package-damaged`, also where it belongs to another version; `format-newer`
 */
export function parseManifest(text: string, ref: ModelRef, where: string): Manifest {
  const manifest = unsealed(text, manifestSchema, where, packageFormatVersion)
  if (manifest.name !== ref.name || manifest.version !== ref.version) {
    throw damaged(where, `it belongs to ${label(manifest)}`)
  }
  return manifest
}
