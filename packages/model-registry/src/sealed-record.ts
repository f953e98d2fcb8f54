import { z } from 'zod'

import { canonicalJson, parseJson, sha256Hex } from './canonical-json.ts'
import { damaged, ModelRegistryError } from './errors.ts'
import type { Json } from './types.ts'

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
 * @param newest the highest `formatVersion` that `schema` reads; every later format keeps that key and the seal
 * @throws ModelRegistryError `package-damaged`, `format-newer`
 */
export function unsealed<T>(text: string, schema: z.ZodType<T>, where: string, newest: number): T {
  const { sha256, ...record } = looseRecord(text, where)
  if (sha256 === undefined || sealed(record) !== text)
    throw damaged(where, 'it does not match its own digest')
  const version = record['formatVersion']
  if (typeof version === 'number' && version > newest) {
    throw new ModelRegistryError(
      'format-newer',
      `${where} has format ${String(version)}; this version reads formats up to ${String(newest)}.`,
      { fault: 'input', where, hint: 'Update the program that reads it.' },
    )
  }
  const result = schema.safeParse(record)
  if (!result.success) throw damaged(where, 'it lacks what a record of this format holds')
  return result.data
}

function looseRecord(text: string, where: string): Record<string, Json> {
  try {
    return z.record(z.string(), z.json()).parse(parseJson(text, where))
  } catch {
    throw damaged(where, 'it is not JSON')
  }
}
