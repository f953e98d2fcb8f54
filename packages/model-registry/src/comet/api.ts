import {
  createHttpClient,
  parseRetryAfter,
  redactor,
  type HttpClient,
  type HttpRequest,
  type HttpResponse,
} from '@airq/http'
import type { z } from 'zod'

import { ModelRegistryError, throwIfAborted } from '../errors.ts'
import { failureWithoutAnswer, parsedAnswer, type RemoteCall } from '../remote-answer.ts'
import { Refusal, refusalError } from './refusal.ts'
import { badOption, type Settings } from './settings.ts'

const prefix = '/api/rest/v2'
const maxBodyBytes = 96 * 1024 * 1024
const messageLimit = 500
/** The service allows 8,000 requests a minute, of some kinds more. */
const limit = { perSecond: 100, burst: 100 }

export interface ApiRequest {
  /** For messages: `Creating the experiment`. */
  readonly what: string
  /** From `/api/rest/v2` on. */
  readonly path: string
  readonly query?: NonNullable<HttpRequest['query']>
  /** Sent as JSON by POST. */
  readonly json?: unknown
  /** Sent as multipart/form-data by POST. */
  readonly form?: FormData
  /**
   * `again`: a second time changes nothing more, it is sent again where the answer was lost. `once`: never sent
   * again, though it may be a GET: some of Comet's change things. Default: a GET `again`, a POST `once`.
   */
  readonly sent?: 'again' | 'once'
  /** An `sdk_error_code` that is an answer here: the call gives `null`. */
  readonly tolerate?: number
  readonly signal: AbortSignal | undefined
}

export interface Api {
  /** The body, or `null` for the code that is tolerated. @throws ModelRegistryError */
  send(request: ApiRequest): Promise<Uint8Array | null>
  /** The body by its schema, or `null`. @throws ModelRegistryError also `bad-answer` */
  json<T>(request: ApiRequest, schema: z.ZodType<T>): Promise<T | null>
  /** As `json`, where nothing is tolerated. */
  get<T>(request: ApiRequest, schema: z.ZodType<T>): Promise<T>
}

/** Version 2 of Comet's REST API, with the key in each request and every error told in our words. */
export function createApi(settings: Settings, given: HttpClient | undefined): Api {
  const { clock, trustedHosts } = settings
  const http = given ?? createHttpClient({ clock, trustedHosts, maxBodyBytes, limit })

  async function send(request: ApiRequest): Promise<Uint8Array | null> {
    throwIfAborted(request.signal)
    const key = await keyOf(settings)
    try {
      return await attempt(request, key)
    } catch (error) {
      throw told(error, request, key)
    }
  }

  async function attempt(request: ApiRequest, value: string): Promise<Uint8Array | null> {
    const { path, query, tolerate, signal } = request
    const method = methodOf(request)
    const { sent = method === 'GET' ? 'again' : 'once' } = request
    const { headers, body } = await contentOf(request)
    return http.call(
      {
        method,
        url: `${settings.baseUrl}${prefix}${path}`,
        headers: { accept: '*/*', ...headers },
        ...(query && { query }),
        ...(body && { body }),
        secret: { in: 'header', name: 'authorization', value, vendorHosts: settings.vendorHosts },
      },
      (response) => accepted(response, tolerate, clock.now()),
      { signal, timeoutMs: 60_000, retry: sent === 'again' ? { methods: [method] } : { attempts: 1 } },
    )
  }

  async function json<T>(request: ApiRequest, schema: z.ZodType<T>): Promise<T | null> {
    const body = await send(request)
    return body === null ? null : parsed(body, schema, request)
  }

  return {
    send,
    json,
    async get(request, schema) {
      return parsed((await send(request)) ?? new Uint8Array(), schema, request)
    },
  }
}

async function keyOf({ apiKey }: Settings): Promise<string> {
  const value = (await apiKey()).trim()
  if (value === '') throw badOption('The API key of Comet is empty.', 'Copy it from the account settings.')
  return value
}

function methodOf({ json, form }: ApiRequest): 'GET' | 'POST' {
  return json === undefined && form === undefined ? 'GET' : 'POST'
}

async function contentOf({
  json,
  form,
}: ApiRequest): Promise<{ headers: Record<string, string>; body?: string | Uint8Array }> {
  if (json !== undefined)
    return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(json) }
  if (form === undefined) return { headers: {} }
  const encoded = new Response(form)
  const type = encoded.headers.get('content-type') ?? ''
  return { headers: { 'content-type': type }, body: new Uint8Array(await encoded.arrayBuffer()) }
}

function accepted(
  { status, headers, body }: HttpResponse,
  tolerate: number | undefined,
  now: number,
): Uint8Array | null {
  if (status >= 200 && status <= 299) return body
  const { sdkErrorCode, message } = envelopeOf(body)
  if (sdkErrorCode !== undefined && sdkErrorCode === tolerate) return null
  throw new Refusal(status, sdkErrorCode, message, parseRetryAfter(headers['retry-after'], now))
}

/** Comet's envelope; of a page of something before it only the status counts. */
function envelopeOf(body: Uint8Array): { sdkErrorCode: number | undefined; message: string } {
  try {
    const text = new TextDecoder().decode(body.subarray(0, 64 * 1024))
    const {
      sdk_error_code: snake,
      sdkErrorCode: camel,
      msg,
    } = Object(JSON.parse(text)) as Record<string, unknown>
    const code = [snake, camel].find((value) => typeof value === 'number')
    return { sdkErrorCode: code, message: typeof msg === 'string' ? msg : '' }
  } catch {
    return { sdkErrorCode: undefined, message: '' }
  }
}

function told(error: unknown, request: ApiRequest, key: string): Error {
  if (ModelRegistryError.isInstance(error)) return error
  const call = callOf(request)
  if (!(error instanceof Refusal) || request.signal?.aborted === true) {
    return failureWithoutAnswer(error, call, request.signal)
  }
  const { status, sdkErrorCode, retryAfterMs } = error
  const message = redactor([key])(error.message).trim().replace(/\.+$/, '').slice(0, messageLimit)
  const refusal = new Refusal(status, sdkErrorCode, message, retryAfterMs)
  return Object.assign(refusalError(refusal, call.what, call.where), { retryAfterMs })
}

function callOf(request: ApiRequest): RemoteCall {
  return { what: request.what, where: `${methodOf(request)} ${request.path}` }
}

function parsed<T>(body: Uint8Array, schema: z.ZodType<T>, request: ApiRequest): T {
  return parsedAnswer(body, schema, callOf(request), 'Check that the address is that of Comet.')
}
