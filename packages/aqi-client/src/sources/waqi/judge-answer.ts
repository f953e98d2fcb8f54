import { expectOk, HttpError, type HttpResponse, type Judge } from '@airq/http'

import { AqiError, type AqiErrorCode, type AqiErrorOptions } from '../../errors.ts'
import { errorTold, malformed } from './envelope.ts'

/** An answer that makes no sense is asked for again so many times, whatever is allowed for the rest. */
const RETRIES_IF_MALFORMED = 2

export interface JudgeOptions<T> {
  /** Reads the JSON of the body; pure. */
  readonly parse: (json: unknown) => T
  /** The address without secrets, for errors. */
  readonly where: string
  /** Takes the token out of a text that the server wrote. */
  readonly redact: (text: string) => string
}

/** Judges the answers to one call: what they hold, or which error they are. */
export function answerJudge<T>({ parse, where, redact }: JudgeOptions<T>): Judge<T> {
  let malformedAnswers = 0
  return (response) => {
    try {
      return parse(jsonOf(response))
    } catch (error) {
      if (!AqiError.isInstance(error)) throw error
      if (error.code === 'malformed') malformedAnswers++
      const isLast = error.code === 'malformed' && malformedAnswers > RETRIES_IF_MALFORMED
      throw told(error, {
        where,
        message: redact(error.message),
        retryable: error.retryable && !isLast,
        status: response.status === 200 ? undefined : response.status,
      })
    }
  }
}

/** The JSON of an answer that is none of an error. A mark of byte order before it is not JSON. */
function jsonOf(response: HttpResponse): unknown {
  const { status, body } = response
  const json = parsed(new TextDecoder('utf-8', { ignoreBOM: true }).decode(body))
  const hasContent = status >= 200 && status <= 299 && status !== 204
  if (hasContent && json !== undefined) return json
  if (hasContent || status < 400) throw malformed('the answer is not JSON')
  throw errorOfStatus(response, json)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function errorOfStatus(response: HttpResponse, json: unknown): AqiError {
  const { status } = response
  const inBody = errorTold(json)
  const retryAfterMs = retryAfterOf(response)
  if (inBody !== undefined && inBody.code !== 'api') return told(inBody, { retryAfterMs })
  const message = inBody?.message ?? `WAQI answers with status ${String(status)}`
  const [code, retryable]: readonly [AqiErrorCode, boolean] =
    status === 401 || status === 403
      ? ['auth', false]
      : status === 429
        ? ['rate-limit', true]
        : status >= 500 || status === 408 || status === 425
          ? ['upstream', true]
          : ['api', false]
  const hint = code === 'auth' ? 'Check the WAQI token.' : undefined
  return new AqiError(code, message, { retryable, retryAfterMs, hint })
}

function retryAfterOf(response: HttpResponse): number | undefined {
  try {
    expectOk(response)
  } catch (error) {
    if (HttpError.isInstance(error)) return error.retryAfterMs
  }
  return undefined
}

/** The same error with more said. */
function told(error: AqiError, more: AqiErrorOptions & { readonly message?: string }): AqiError {
  const { fault, retryable, hint, where } = error
  return new AqiError(error.code, more.message ?? error.message, {
    fault,
    retryable: more.retryable ?? retryable,
    retryAfterMs: more.retryAfterMs ?? error.retryAfterMs,
    status: more.status ?? error.status,
    hint,
    where: more.where ?? where,
  })
}
