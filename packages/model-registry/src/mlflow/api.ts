import {
  createHttpClient,
  parseRetryAfter,
  redactor,
  type HttpClient,
  type HttpRequest,
  type HttpResponse,
  type Method,
} from '@airq/http'
import type { z } from 'zod'

import { ModelRegistryError, throwIfAborted } from '../errors.ts'
import { failureWithoutAnswer, parsedAnswer, type RemoteCall } from '../remote-answer.ts'
import { Refusal, refusalError } from './refusal.ts'
import type { Credential, Settings } from './settings.ts'

const maxBodyBytes = 64 * 1024 * 1024
const messageLimit = 500
const usualTimeoutMs = 30_000

interface ApiRequest {
  /** For messages: `Creating the run`. */
  readonly what: string
  readonly method?: Method
  /** From the base URL on, its parts encoded. */
  readonly path: string
  readonly query?: NonNullable<HttpRequest['query']>
  /** Sent as JSON. */
  readonly json?: unknown
  readonly body?: string
  /** A second time changes nothing more: it is sent again where the answer was lost. A GET always is. */
  readonly repeatable?: boolean
  /** Refusals that are an answer here: the call gives `null`. */
  readonly tolerate?: (refusal: Refusal) => boolean
  readonly signal: AbortSignal | undefined
  /** Of one try. Default 30 s. */
  readonly timeoutMs?: number
}

export interface Api {
  /** The body, or `null` for a refusal that is tolerated. @throws ModelRegistryError */
  send(request: ApiRequest): Promise<Uint8Array | null>
  /** The body by its schema, or `null`. @throws ModelRegistryError also `bad-answer` */
  json<T>(request: ApiRequest, schema: z.ZodType<T>): Promise<T | null>
  /** As `json`, where nothing is tolerated. */
  get<T>(request: ApiRequest, schema: z.ZodType<T>): Promise<T>
}

/** The REST API of one server, with the credential in each request and every error told in our words. */
export function createApi(settings: Settings, given: HttpClient | undefined): Api {
  const { clock, trustedHosts } = settings
  const http = given ?? createHttpClient({ clock, trustedHosts, maxBodyBytes })

  async function send(request: ApiRequest): Promise<Uint8Array | null> {
    throwIfAborted(request.signal)
    const credential = await settings.credential()
    try {
      return await attempt(request, credential)
    } catch (error) {
      if (!isUnauthenticated(error) || !settings.renewable) throw told(error, request, credential)
      // A token may have run out since it was handed over; what was refused took no effect.
      const renewed = await settings.credential()
      if (renewed?.value === credential?.value) throw told(error, request, credential)
      return await attempt(request, renewed).catch((again: unknown) => {
        throw told(again, request, renewed)
      })
    }
  }

  async function attempt(request: ApiRequest, credential: Credential | null): Promise<Uint8Array | null> {
    const { method = 'GET', path, query, json, body = bodyOf(json), repeatable, tolerate, signal } = request
    const timeoutMs = request.timeoutMs ?? usualTimeoutMs
    return http.call(
      {
        method,
        url: `${settings.baseUrl}${path}`,
        headers: {
          accept: 'application/json, */*',
          ...(body === undefined ? {} : { 'content-type': json === undefined ? binary : 'application/json' }),
        },
        ...(query && { query }),
        ...(body !== undefined && { body }),
        ...(credential !== null && { secret: secretOf(credential) }),
      },
      (response) => accepted(response, tolerate, clock.now()),
      {
        signal,
        timeoutMs,
        deadlineMs: 4 * timeoutMs,
        ...(repeatable === true && { retry: { methods: ['GET', method] } }),
      },
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
      const body = await send(request)
      return parsed(body ?? new Uint8Array(), schema, request)
    },
  }
}

const binary = 'application/octet-stream'

function bodyOf(json: unknown): string | undefined {
  return json === undefined ? undefined : JSON.stringify(json)
}

/** There is no vendor's host: a secret goes to loopback and to trusted hosts. */
function secretOf({ prefix, value }: Credential): NonNullable<HttpRequest['secret']> {
  return { in: 'header', name: 'authorization', prefix, value, vendorHosts: [] }
}

function accepted(
  { status, headers, body }: HttpResponse,
  tolerate: ApiRequest['tolerate'],
  now: number,
): Uint8Array | null {
  if (status >= 200 && status <= 299) return body
  const { errorCode, message } = envelopeOf(body)
  const refusal = new Refusal(status, errorCode, message, parseRetryAfter(headers['retry-after'], now))
  if (tolerate?.(refusal) === true) return null
  throw refusal
}

/** MLflow's envelope, its older text, or the page of something before it: of a page only the status counts. */
function envelopeOf(body: Uint8Array): { errorCode: string | undefined; message: string } {
  const text = new TextDecoder().decode(body.subarray(0, 64 * 1024))
  try {
    const json = Object(JSON.parse(text)) as Record<string, unknown>
    const { error_code: errorCode, message, detail } = json
    const said = [message, detail].find((part) => typeof part === 'string')
    return {
      errorCode: typeof errorCode === 'string' && /^[A-Z_]+$/.test(errorCode) ? errorCode : undefined,
      message: typeof said === 'string' ? said : '',
    }
  } catch {
    return { errorCode: undefined, message: /^\s*</.test(text) ? '' : text }
  }
}

function isUnauthenticated(error: unknown): boolean {
  return error instanceof Refusal && error.status === 401
}

function told(error: unknown, request: ApiRequest, credential: Credential | null): Error {
  if (ModelRegistryError.isInstance(error)) return error
  const call = callOf(request)
  if (!(error instanceof Refusal) || request.signal?.aborted === true) {
    return failureWithoutAnswer(error, call, request.signal)
  }
  const { status, errorCode, retryAfterMs } = error
  const message = redactor(credential?.hidden ?? [])(error.message)
    .trim()
    .replace(/\.+$/, '')
  const refusal = new Refusal(status, errorCode, message.slice(0, messageLimit), retryAfterMs)
  const told = refusalError(refusal, call.what, call.where)
  return retryAfterMs === undefined ? told : Object.assign(told, { retryAfterMs })
}

function callOf({ what, method = 'GET', path }: ApiRequest): RemoteCall {
  return { what, where: `${method} ${path}` }
}

function parsed<T>(body: Uint8Array, schema: z.ZodType<T>, request: ApiRequest): T {
  const hint = 'Check that the address is that of an MLflow tracking server.'
  return parsedAnswer(body, schema, callOf(request), hint)
}
