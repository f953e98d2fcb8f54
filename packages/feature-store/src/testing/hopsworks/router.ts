import { assertAccess, type Access } from './keys.ts'
import { Refusal } from './refusal.ts'
import type { Reply } from './reply.ts'
import type { State } from './state.ts'
import type { FakeKey } from './types.ts'

export interface Call {
  readonly state: State
  readonly key: FakeKey
  readonly query: URLSearchParams
  /** Without its parameters, in lower case; empty where none was sent. */
  readonly contentType: string
  readonly fullContentType: string
  readonly body: Buffer
  /** What stands at a name of the route's path, decoded. */
  readonly at: (name: string) => string
}

type Handler = (call: Call) => Reply | Promise<Reply>

export interface Route {
  readonly method: string
  /** `:name` is one part of the path, `:name+` all the rest. */
  readonly path: string
  readonly access: Access
  readonly handle: Handler
  /** What it takes. Default: anything. */
  readonly consumes?: readonly string[]
}

interface Match {
  readonly route: Route
  readonly values: ReadonlyMap<string, string>
}

/** @throws Refusal 120004 as 404, 405 or 415 */
export function findRoute(
  routes: readonly Route[],
  { method, path, contentType }: { method: string; path: string; contentType: string },
): Match {
  const matches = routes.flatMap((route) => {
    const values = valuesOf(route.path, path)
    return values === undefined ? [] : [{ route, values }]
  })
  if (matches.length === 0) throw new Refusal(120004, 'HTTP 404 Not Found')
  const match = matches.find(({ route }) => route.method === method)
  if (match === undefined) throw new Refusal(120004, 'HTTP 405 Method Not Allowed', 405)
  const { consumes } = match.route
  if (consumes !== undefined && !consumes.includes(contentType)) {
    throw new Refusal(120004, 'HTTP 415 Unsupported Media Type', 415)
  }
  return match
}

/** Checks scope and role, then the project, then lets the handler answer. */
export async function answer(
  { route, values }: Match,
  call: Omit<Call, 'at'>,
  foreignProjects: readonly string[],
): Promise<Reply> {
  const at = (name: string): string => values.get(name) ?? ''
  assertAccess(call.key, route.access)
  const project = values.get('project')
  if (project !== undefined) {
    if (foreignProjects.includes(project)) throw new Refusal(160000)
    const { id, name } = call.state.project
    if (project !== String(id) && project !== name) throw new Refusal(150004)
  }
  return route.handle({ ...call, at })
}

/** @throws Refusal 120001 where the body is no JSON object */
export function jsonBody({ body }: Pick<Call, 'body'>): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(body.toString('utf8'))
  } catch {
    throw new Refusal(120001, 'the body is no JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Refusal(120001, 'the body is no JSON object')
  }
  return value as Record<string, unknown>
}

function valuesOf(pattern: string, path: string): Map<string, string> | undefined {
  const expected = pattern.split('/')
  const given = path.split('/')
  const values = new Map<string, string>()
  for (const [index, part] of expected.entries()) {
    const value = given[index]
    if (value === undefined || (value === '' && part !== '')) return undefined
    if (part.startsWith(':') && part.endsWith('+')) {
      values.set(part.slice(1, -1), given.slice(index).map(decodeURIComponent).join('/'))
      return values
    }
    if (part.startsWith(':')) values.set(part.slice(1), decodeURIComponent(value))
    else if (part !== value) return undefined
  }
  return given.length === expected.length ? values : undefined
}
