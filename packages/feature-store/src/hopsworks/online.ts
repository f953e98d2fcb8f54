import {
  createHttpClient,
  HttpError,
  isLoopback,
  redactor,
  type HttpClient,
  type HttpResponse,
} from '@airq/http'

import { FeatureStoreError, throwIfAborted } from '../errors.ts'
import { transportError, type Api } from './api.ts'
import type { Connection } from './connect.ts'
import type { KeyRow } from './key-plan.ts'
import { onlineTransport } from './online-transport.ts'
import { vendorHosts, type Settings } from './settings.ts'
import { encodeText } from './text-code.ts'
import type { View } from './views.ts'
import { credentialsSchema, variableSchema, vectorsSchema } from './wire.ts'

const HOST_VARIABLE = 'loadbalancer_external_domain_online_store_rest_server'
const NO_SUCH_VARIABLE = 100050
const KEYS_PER_CALL = 100
const PING_TIMEOUT_MS = 3000

/** The online server of the cluster. */
export interface OnlineServer {
  /** Host and port. */
  readonly host: string
  /** Rows by column name, as they came, for those keys that are there; in the order of the keys. */
  readonly lookUp: (
    view: View,
    keys: readonly KeyRow[],
    signal: AbortSignal | undefined,
  ) => Promise<(ReadonlyMap<string, unknown> | undefined)[]>
}

/** The server, if it is told of, trusted and answers; else why not. */
export async function probeOnline(
  api: Api,
  settings: Settings,
  connection: Connection,
  given: HttpClient | undefined,
  signal: AbortSignal | undefined,
): Promise<OnlineServer | { readonly reason: string }> {
  const told = await api.json(
    {
      what: 'Asking for the online server',
      scope: 'PROJECT',
      path: `/variables/${HOST_VARIABLE}`,
      tolerate: [NO_SUCH_VARIABLE],
      signal,
    },
    variableSchema,
  )
  const host = settings.onlineHost ?? (typeof told === 'number' ? '' : (told.successMessage ?? ''))
  if (host === '') return { reason: 'the cluster does not tell of an online server' }
  const scheme = settings.origin.startsWith('http:') && isLoopback(host) ? 'http' : 'https'
  const base = `${scheme}://${host}:${String(settings.onlinePort)}`
  if (URL.parse(base)?.hostname !== host.toLowerCase()) return { reason: `"${host}" is no host` }
  const { caChain } = await api.get(
    {
      what: 'Asking for the authority of the online server',
      scope: 'PROJECT',
      path: `${connection.projectPath}/credentials`,
      signal,
    },
    credentialsSchema,
  )
  const { clock, trustedHosts } = settings
  const transport = onlineTransport(caChain ?? '')
  const http = given ?? createHttpClient({ clock, trustedHosts, transport })
  const client = onlineClient(http, base, settings, connection)
  try {
    await client.ping(signal)
  } catch (error) {
    if (FeatureStoreError.isInstance(error) && error.code === 'aborted') throw error
    return { reason: error instanceof Error ? error.message : String(error) }
  }
  return { host: new URL(base).host, lookUp: client.lookUp }
}

function onlineClient(http: HttpClient, base: string, { apiKey }: Settings, { projectName }: Connection) {
  async function call<T>(
    path: string,
    body: unknown,
    read: (response: HttpResponse) => T,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    throwIfAborted(signal)
    const value = (await apiKey()).trim()
    const what = 'Asking the online server'
    try {
      return await http.call(
        {
          // A look-up changes nothing, so it may be sent twice.
          method: body === undefined ? 'GET' : 'POST',
          url: `${base}/0.1.0/${path}`,
          ...(body !== undefined && {
            body: JSON.stringify(body),
            headers: { 'content-type': 'application/json' },
          }),
          secret: { in: 'header', name: 'x-api-key', value, vendorHosts: vendorHosts(base) },
        },
        (response) => read(accepted(response, redactor([value]))),
        {
          signal,
          retry: { methods: ['GET', 'POST'] },
          ...(body === undefined && { timeoutMs: PING_TIMEOUT_MS, deadlineMs: PING_TIMEOUT_MS }),
        },
      )
    } catch (error) {
      throwIfAborted(signal)
      throw HttpError.isInstance(error) ? transportError(error, what, base) : error
    }
  }

  return {
    ping: (signal: AbortSignal | undefined) => call('ping', undefined, () => undefined, signal),
    lookUp: async (view: View, keys: readonly KeyRow[], signal: AbortSignal | undefined) => {
      const rows: (ReadonlyMap<string, unknown> | undefined)[] = []
      for (let at = 0; at < keys.length; at += KEYS_PER_CALL) {
        const entries = keys.slice(at, at + KEYS_PER_CALL).map(encodedKey)
        const body = {
          featureStoreName: projectName.toLowerCase(),
          featureViewName: view.name,
          featureViewVersion: view.version,
          entries,
          metadataOptions: { featureName: true, featureType: false },
          options: { validatePassedFeatures: false, includeDetailedStatus: false },
        }
        rows.push(
          ...(await call(
            'batch_feature_store',
            body,
            (response) => vectors(response, entries.length),
            signal,
          )),
        )
      }
      return rows
    },
  }
}

function encodedKey(key: KeyRow): KeyRow {
  return Object.fromEntries(
    Object.entries(key).map(([name, value]) => [name, typeof value === 'string' ? encodeText(value) : value]),
  )
}

/** Errors come as plain text, or as JSON with a message. */
function accepted(response: HttpResponse, redact: (text: string) => string): HttpResponse {
  const { status, body } = response
  if (status >= 200 && status <= 299) return response
  const said = redact(new TextDecoder().decode(body).slice(0, 300))
  const message = `Asking the online server: it answers ${String(status)}, ${said}.`
  if (status === 401 || status === 403) {
    throw new FeatureStoreError('unauthorized', message, {
      fault: 'input',
      hint: 'Check the API key and its scope FEATURESTORE. A new key takes the online server ten seconds to learn.',
    })
  }
  const retryable = status >= 500 || status === 429
  throw new FeatureStoreError(retryable ? 'unavailable' : 'remote-failed', message, {
    retryable,
    hint: 'Read by export instead (read: export), and tell the administrator of the cluster.',
  })
}

function vectors(response: HttpResponse, count: number): (ReadonlyMap<string, unknown> | undefined)[] {
  const { features, metadata, status } = vectorsOf(response)
  if (features.length !== count || status.length !== count)
    throw unreadable(`${String(features.length)} rows`)
  return status.map((state, index) => {
    if (state === 'MISSING') return undefined
    const values = features[index]
    if (state !== 'COMPLETE' || values?.length !== metadata.length) throw unreadable(`a row with ${state}`)
    return new Map(metadata.map(({ featureName }, column) => [featureName, values[column]]))
  })
}

function vectorsOf({ body }: HttpResponse) {
  try {
    return vectorsSchema.parse(JSON.parse(new TextDecoder().decode(body)))
  } catch {
    throw unreadable('another shape')
  }
}

function unreadable(problem: string): FeatureStoreError {
  return new FeatureStoreError('bad-answer', `The answer of the online server cannot be read (${problem}).`, {
    hint: 'Read by export instead (read: export).',
  })
}
