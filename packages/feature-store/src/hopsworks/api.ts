import {
  createHttpClient,
  HttpError,
  parseRetryAfter,
  redactor,
  type HttpClient,
  type HttpRequest,
  type HttpResponse,
  type Method,
} from '@airq/http'
import type { z } from 'zod'

import { FeatureStoreError, throwIfAborted } from '../errors.ts'
import { Refusal, refusalError } from './refusal.ts'
import { badConfig, vendorHosts, type Settings } from './settings.ts'

const PREFIX = '/hopsworks-api/api'
const MAX_BODY_BYTES = 512 * 1024 * 1024
const CALL_TIMEOUT_MS = 60_000

type Scope = 'PROJECT' | 'FEATURESTORE' | 'JOB' | 'DATASET_VIEW' | 'DATASET_CREATE' | 'DATASET_DELETE'

export interface ApiRequest {
  /** For messages: `Starting the job`. */
  readonly what: string
  readonly scope: Scope
  readonly method?: Method
  /** From `/project` on, its parts encoded. */
  readonly path: string
  readonly query?: NonNullable<HttpRequest['query']>
  /** Sent as JSON. */
  readonly json?: unknown
  readonly body?: string | Uint8Array
  readonly contentType?: string
  /** Codes that are an answer here, not an error: the call gives the code. */
  readonly tolerate?: readonly number[]
  readonly signal: AbortSignal | undefined
  readonly timeoutMs?: number
}

export interface Api {
  /** The body as bytes, or the tolerated code. @throws FeatureStoreError */
  send(request: ApiRequest): Promise<Uint8Array | number>
  /** The body by its schema, or the tolerated code. @throws FeatureStoreError also `bad-answer` */
  json<T>(request: ApiRequest, schema: z.ZodType<T>): Promise<T | number>
  /** As `json`, where no code is tolerated. */
  get<T>(request: ApiRequest, schema: z.ZodType<T>): Promise<T>
}

/** The REST API of one Hopsworks, with the key in each request and every error told in our words. */
export function createApi(settings: Settings, given: HttpClient | undefined): Api {
  const { origin, clock, trustedHosts } = settings
  const http = given ?? createHttpClient({ clock, trustedHosts, maxBodyBytes: MAX_BODY_BYTES })

  async function send(request: ApiRequest): Promise<Uint8Array | number> {
    const { what, scope, method = 'GET', path, query, tolerate = [], signal } = request
    throwIfAborted(signal)
    const url = `${origin}${PREFIX}${path}`
    const value = await keyOf(settings)
    const headers: Record<string, string> = { accept: 'application/json' }
    const body = request.json === undefined ? request.body : JSON.stringify(request.json)
    const contentType = request.json === undefined ? request.contentType : 'application/json'
    if (contentType !== undefined) headers['content-type'] = contentType
    try {
      return await http.call(
        {
          method,
          url,
          headers,
          ...(query && { query }),
          ...(body !== undefined && { body }),
          secret: {
            in: 'header',
            name: 'authorization',
            prefix: 'ApiKey ',
            value,
            vendorHosts: vendorHosts(url),
          },
        },
        (response) => accepted(response, tolerate),
        { signal, timeoutMs: request.timeoutMs ?? CALL_TIMEOUT_MS, deadlineMs: 5 * CALL_TIMEOUT_MS },
      )
    } catch (error) {
      throw asStoreError(error, {
        what,
        scope,
        where: `${method} ${path}`,
        redact: redactor([value]),
        signal,
      })
    }
  }

  async function json<T>(request: ApiRequest, schema: z.ZodType<T>): Promise<T | number> {
    const body = await send(request)
    return typeof body === 'number' ? body : parsed(body, schema, request)
  }

  return {
    send,
    json,
    async get(request, schema) {
      const body = await send(request)
      if (typeof body === 'number') throw badAnswer(request, `code ${String(body)}`)
      return parsed(body, schema, request)
    },
  }
}

async function keyOf({ apiKey }: Settings): Promise<string> {
  const value = (await apiKey()).trim()
  if (value === '')
    throw badConfig('The API key of Hopsworks is empty.', 'Give the key whole: prefix.secret.')
  return value
}

function accepted(response: HttpResponse, tolerate: readonly number[]): Uint8Array | number {
  const { status, headers, body } = response
  if (status >= 200 && status <= 299) return body
  const envelope = envelopeOf(body)
  if (envelope.errorCode !== undefined && tolerate.includes(envelope.errorCode)) return envelope.errorCode
  throw new Refusal(
    status,
    envelope.errorCode,
    envelope.message,
    parseRetryAfter(headers['retry-after'], undefined),
  )
}

function envelopeOf(body: Uint8Array): { errorCode: number | undefined; message: string } {
  try {
    const json = Object(JSON.parse(new TextDecoder().decode(body))) as Record<string, unknown>
    const { errorCode, errorMsg, usrMsg } = json
    const texts = [errorMsg, usrMsg].filter((text) => typeof text === 'string' && text !== '')
    return { errorCode: typeof errorCode === 'number' ? errorCode : undefined, message: texts.join(' ') }
  } catch {
    return { errorCode: undefined, message: '' }
  }
}

interface Circumstances {
  readonly what: string
  readonly scope: string
  readonly where: string
  readonly redact: (text: string) => string
  readonly signal: AbortSignal | undefined
}

function asStoreError(error: unknown, { what, scope, where, redact, signal }: Circumstances): Error {
  if (FeatureStoreError.isInstance(error)) return error
  throwIfAborted(signal)
  if (error instanceof Refusal) {
    const { status, errorCode, retryAfterMs } = error
    const told = new Refusal(status, errorCode, redact(error.message).replace(/[.\s]+$/, ''), retryAfterMs)
    return Object.assign(refusalError(told, what, scope, where), { retryAfterMs })
  }
  if (!HttpError.isInstance(error)) return error instanceof Error ? error : new Error(String(error))
  return transportError(error, what, where)
}

/** What went wrong before, or instead of, an answer. */
export function transportError(error: HttpError, what: string, where: string): FeatureStoreError {
  const { code, fault, retryable, message, hint } = error
  const ours =
    code === 'untrusted-host' || code === 'aborted'
      ? code
      : code === 'bad-request'
        ? 'bad-config'
        : code === 'network' || code === 'timeout'
          ? 'unavailable'
          : 'remote-failed'
  return new FeatureStoreError(ours, `${what}: ${message}`, { fault, retryable, hint, where, cause: error })
}

function parsed<T>(body: Uint8Array, schema: z.ZodType<T>, request: ApiRequest): T {
  let json: unknown
  try {
    json = body.length === 0 ? null : JSON.parse(new TextDecoder().decode(body))
  } catch {
    throw badAnswer(request, 'no JSON')
  }
  const result = schema.safeParse(json)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw badAnswer(request, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`)
}

export function badAnswer(
  { what, method = 'GET', path }: Pick<ApiRequest, 'what' | 'method' | 'path'>,
  problem: string,
): FeatureStoreError {
  return new FeatureStoreError(
    'bad-answer',
    `${what}: the answer of Hopsworks cannot be read (${problem}).`,
    {
      where: `${method} ${path}`,
      hint: 'Check that host and port are those of a Hopsworks server.',
    },
  )
}
