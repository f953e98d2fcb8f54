import { codes, Refusal } from './refusal.ts'
import type { Reply } from './reply.ts'
import type { State } from './state.ts'

export interface Call {
  readonly state: State
  readonly query: URLSearchParams
  readonly contentType: string
  readonly body: Buffer
}

type Handler = (call: Call) => Reply | Promise<Reply>

/** Handlers by method and path, from `/api/rest/v2` on: `GET /account-details`. */
export type Routes = Readonly<Record<string, Handler>>

export type Fields = Readonly<Record<string, unknown>>

/** @throws Refusal where the body is no JSON object */
export function jsonBody({ body, contentType }: Call): Fields {
  if (!contentType.startsWith('application/json'))
    throw new Refusal(codes.other, 'Unsupported media type', 415)
  let value: unknown
  try {
    value = JSON.parse(body.toString('utf8'))
  } catch {
    throw new Refusal(codes.other, 'the body is no JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Refusal(codes.other, 'the body is no JSON object')
  return value as Fields
}

/** A text, or a number as text. */
export function textAt(fields: Fields, name: string): string | undefined {
  const value = fields[name]
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' ? value : undefined
}

/** @throws Refusal */
export function demanded(fields: Fields, name: string): string {
  const value = textAt(fields, name)
  if (value === undefined || value === '') throw new Refusal(codes.other, `${name} is missing`)
  return value
}

export function numberAt(fields: Fields, name: string): number | null {
  const value = fields[name]
  return typeof value === 'number' ? value : null
}

export function textsAt(fields: Fields, name: string): string[] {
  const value = fields[name]
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

export function inQuery({ query }: Call, name: string): string | undefined {
  return query.get(name) ?? undefined
}
