import { HttpError } from './errors.ts'
import { networkError, systemCause } from './network-failure.ts'
import type { PreparedRequest } from './prepare-request.ts'
import type { HttpResponse } from './types.ts'

/** The same error, told with host and URL and without secrets, whichever transport or judge it comes from. */
export function placed(error: unknown, request: PreparedRequest, retryAfterMs?: number): HttpError {
  const from = HttpError.isInstance(error) ? error : networkError(error)
  if (from.url !== undefined) return from
  return new HttpError(from.code, request.redact(`${request.host}: ${from.message}`), {
    fault: from.fault,
    retryable: from.retryable,
    hint: from.hint,
    status: from.status,
    retryAfterMs: from.retryAfterMs ?? retryAfterMs,
    host: request.host,
    url: request.shownUrl,
    cause: from.cause === undefined ? undefined : systemCause(from.cause),
  })
}

export function abortedError(): HttpError {
  return new HttpError('aborted', 'The call was aborted.')
}

export function tryTimeout(timeoutMs: number): HttpError {
  return new HttpError('timeout', `No whole answer within ${String(timeoutMs)} ms.`, {
    retryable: true,
    hint: 'Try again later, or allow more time.',
  })
}

export function deadlinePassed(deadlineMs: number): HttpError {
  return new HttpError('timeout', `Not done within ${String(deadlineMs)} ms, all tries and waits together.`, {
    retryable: true,
    hint: 'Try again later, or allow more time.',
  })
}

export function tooLarge(maxBodyBytes: number): HttpError {
  return new HttpError('too-large', `The answer is longer than ${String(maxBodyBytes)} bytes.`)
}

/** Why an answer is not for a judge to see, or undefined. */
export function unusable(response: HttpResponse, maxBodyBytes: number, url: string): HttpError | undefined {
  const { status, headers, body } = response
  // 304 sends nobody elsewhere: it answers a condition that the caller put.
  if (status >= 300 && status <= 399 && status !== 304) {
    const target = URL.parse(headers['location'] ?? '', url)
    const where = target === null ? 'elsewhere' : `to ${target.host}`
    return new HttpError('redirect', `The server redirects ${where} (status ${String(status)}).`, {
      status,
      hint: 'Redirects are not followed; give the address that answers itself.',
    })
  }
  return body.byteLength > maxBodyBytes ? tooLarge(maxBodyBytes) : undefined
}
