import { z } from 'zod'

import { canonicalJson, parseJson, sha256Hex } from '../canonical-json.ts'
import { ModelRegistryError } from '../errors.ts'
import type { Json } from '../types.ts'
import { damaged } from './file-failures.ts'

/** Of every record here; a later format keeps `formatVersion` and the seal. */
export const formatVersion = 1

/** JSON for people: sorted keys, two spaces, a line break at the end. */
export function readable(value: Json): string {
  return `${JSON.stringify(JSON.parse(canonicalJson(value)), null, 2)}\n`
}

/** A record as text that holds its own SHA-256. */
export function sealed(record: Readonly<Record<string, Json>>): string {
  return readable({ ...record, sha256: sha256Hex(canonicalJson(record)) })
}

/**
 * The record in a sealed text. There is one text only for a record, so any changed byte is found.
 * @throws ModelRegistryError `package-damaged`, `format-newer`
 */
export function unsealed<T>(text: string, schema: z.ZodType<T>, path: string): T {
  const { sha256, ...record } = looseRecord(text, path)
  if (sha256 === undefined || sealed(record) !== text) throw damaged(path, 'it does not match its own digest')
  const version = record['formatVersion']
  if (typeof version === 'number' && version > formatVersion) {
    throw new ModelRegistryError(
      'format-newer',
      `${path} has format ${String(version)}; this version reads format ${String(formatVersion)}.`,
      { fault: 'input', where: path, hint: 'Update the program that reads it.' },
    )
  }
  const result = schema.safeParse(record)
  if (!result.success) throw damaged(path, 'it lacks what a record of this format holds')
  return result.data
}

function looseRecord(text: string, path: string): Record<string, Json> {
  try {
    return z.record(z.string(), z.json()).parse(parseJson(text, path))
  } catch {
    throw damaged(path, 'it is not JSON')
  }
}
