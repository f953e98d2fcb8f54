import { HttpError } from './errors.ts'
import { parseHttpDate, parseRetryAfter } from './retry-timing.ts'
import type { HttpResponse, Judge } from './types.ts'

/** Statuses that may be gone at the next try: 408, 425, 429, 5xx. */
export function isRetryableStatus(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || (status >= 500 && status <= 599)
}

/**
 * The answer itself if its status is 2xx.
 * @throws HttpError `status`, with `retryable` and, where the server says it, `retryAfterMs`
 */
export function expectOk(response: HttpResponse): HttpResponse {
  const { status, headers } = response
  if (status >= 200 && status <= 299) return response
  // A date is measured against the server's own clock.
  const answeredAt = parseHttpDate(headers['date'] ?? '')
  throw new HttpError('status', `The server answered with status ${String(status)}.`, {
    status,
    retryable: isRetryableStatus(status),
    retryAfterMs: parseRetryAfter(headers['retry-after'], answeredAt),
    hint: hintFor(status),
  })
}

/** A judge that turns away every status but 2xx and leaves the rest to `read`. */
export function statusJudge<T>(read: (response: HttpResponse) => T): Judge<T> {
  return (response) => read(expectOk(response))
}

function hintFor(status: number): string | undefined {
  if (status === 401 || status === 403) return 'Check the credential and what it permits.'
  if (status === 407) return 'Check the credential of the proxy.'
  if (status === 404) return 'Check the address.'
  if (status === 429) return 'Send fewer requests, or wait.'
  return undefined
}
