import { plain, json, type Reply } from './reply.ts'
import type { State, View } from './state.ts'
import { keyOf, onlineRows, wholeRow } from './tables.ts'
import type { FakeCell } from './types.ts'
import { findView } from './view-routes.ts'

const MAX_ENTRIES = 512
const MAX_BODY_BYTES = 4 * 1024 * 1024

interface Asked {
  readonly method: string
  readonly path: string
  readonly apiKey: string | undefined
  readonly body: Buffer
}

interface Vector {
  readonly values: FakeCell[] | null
  readonly status: 'COMPLETE' | 'MISSING' | 'ERROR'
}

/** The online server: ping, one vector, a batch of them. Errors are plain text. */
export function answerOnline(state: State, asked: Asked): Reply {
  const { method, path, apiKey, body } = asked
  const ask = `${method} ${path}`
  if (ask === 'GET /0.1.0/ping') return plain('', 200)
  if (ask !== 'POST /0.1.0/batch_feature_store' && ask !== 'POST /0.1.0/feature_store') {
    return plain('Not found', 404)
  }
  const key = apiKey === undefined ? undefined : state.keys.get(apiKey)
  if (key === undefined || (key.account ?? 'active') !== 'active') return plain('Unauthorized', 401)
  if (!key.scopes.includes('FEATURESTORE')) return plain('Unauthorized', 401)
  if (body.length > MAX_BODY_BYTES) return plain('Request body too large', 413)
  const request = parsed(body)
  if (request === undefined) return plain('Error code: 0, Error: invalid JSON', 400)
  if (request['featureStoreName'] !== state.project.name.toLowerCase()) {
    return plain('Error code: 2, Error: Feature store does not exist', 400)
  }
  const view = findView(state, request['featureViewName'], request['featureViewVersion'])
  if (view === undefined) return plain('Error code: 2, Error: Feature view does not exist', 400)
  if (!view.group.onlineEnabled) return plain('Error code: 3, Error: no online data', 400)
  return path.endsWith('/batch_feature_store') ? batch(state, view, request) : single(state, view, request)
}

function batch(state: State, view: View, request: Readonly<Record<string, unknown>>): Reply {
  const entries = request['entries']
  if (!Array.isArray(entries) || entries.length === 0) return plain('Error code: 12, Error: no entries', 400)
  if (entries.length > MAX_ENTRIES) return plain('Error code: 12, Error: too many entries', 400)
  const vectors = (entries as unknown[]).map((entry) => vectorOf(state, view, entry))
  return json({
    features: vectors.map(({ values }) => values),
    metadata: metadataOf(view, request),
    status: vectors.map(({ status }) => status),
    ...detailed(request, () => vectors.map(({ status }) => [detailOf(view, status)])),
  })
}

function single(state: State, view: View, request: Readonly<Record<string, unknown>>): Reply {
  const vector = vectorOf(state, view, request['entries'])
  if (vector.status === 'ERROR') return plain('Error code: 12, Error: wrong primary key', 400)
  return json({
    features: vector.values,
    metadata: metadataOf(view, request),
    status: vector.status,
    ...detailed(request, () => [detailOf(view, vector.status)]),
  })
}

/** Only where it is asked for. */
function detailed(request: Readonly<Record<string, unknown>>, details: () => unknown): object {
  const { includeDetailedStatus } = Object(request['options']) as { includeDetailedStatus?: unknown }
  return includeDetailedStatus === true ? { detailedStatus: details() } : {}
}

function detailOf({ group }: View, status: Vector['status']): object {
  return { featureGroupId: group.id, httpStatus: { COMPLETE: 200, MISSING: 404, ERROR: 400 }[status] }
}

/** A missing key is no error: it comes back with nulls beside it. */
function vectorOf(state: State, { group, features }: View, entry: unknown): Vector {
  const keys = group.features.filter(({ primary }) => primary)
  const given = Object(entry) as Record<string, FakeCell | undefined>
  const rightTypes = keys.every(({ name, type }) => {
    const value = given[name]
    return type === 'string' ? typeof value === 'string' : Number.isInteger(value)
  })
  if (!rightTypes || Object.keys(given).length !== keys.length) return { values: null, status: 'ERROR' }
  const names = keys.map(({ name }) => name)
  const key = keyOf(Object.fromEntries(names.map((name) => [name, given[name] ?? null])), names)
  const row = onlineRows(group, state.now()).get(key)
  if (row === undefined) return { values: features.map((name) => given[name] ?? null), status: 'MISSING' }
  const whole = wholeRow(group, row)
  return { values: features.map((name) => onlineValue(whole[name] ?? null)), status: 'COMPLETE' }
}

/** A boolean lies in a tinyint. */
function onlineValue(value: FakeCell): FakeCell {
  return typeof value === 'boolean' ? Number(value) : value
}

function metadataOf({ group, features }: View, request: Readonly<Record<string, unknown>>): unknown {
  const wanted = Object(request['metadataOptions']) as { featureName?: unknown; featureType?: unknown }
  if (wanted.featureName !== true && wanted.featureType !== true) return null
  return features.map((name) => ({
    featureName: wanted.featureName === true ? name : null,
    featureType: wanted.featureType === true ? group.features.find((f) => f.name === name)?.type : null,
  }))
}

function parsed(body: Buffer): Record<string, unknown> | undefined {
  try {
    return Object(JSON.parse(body.toString('utf8'))) as Record<string, unknown>
  } catch {
    return undefined
  }
}
