import { deadlinePassed, tryTimeout, unusable } from './call-failures.ts'
import { abortable, reasonOf, within } from './deadline.ts'
import { HttpError } from './errors.ts'
import { networkError, systemCause } from './network-failure.ts'
import type { PreparedRequest } from './prepare-request.ts'
import { parseRetryAfter, pauseBeforeRetry } from './retry-timing.ts'
import type { CallSettings, ClientSettings } from './settings.ts'
import type { HttpResponse } from './types.ts'

/** A name that can't be found is looked up once more, not as often as a host that is down. */
const LOOKUPS = 2

/** One request with all its tries. */
export interface Call {
  readonly request: PreparedRequest
  readonly client: ClientSettings
  readonly settings: CallSettings
  /** What is wrong with an answer: the error its judge throws. */
  readonly complaint: (response: HttpResponse) => Error | undefined
}

/** Waits, sends and tries again. The answer it gives may still be a bad one: then it is the last. */
export async function runTries(call: Call, signal: AbortSignal): Promise<HttpResponse> {
  const { client, settings } = call
  const late = (): HttpError => deadlinePassed(settings.deadlineMs)
  const deadline = client.clock.now() + settings.deadlineMs

  return within(signal, settings.deadlineMs, late, async (open) => {
    for (let failures = 1; ; failures += 1) {
      await client.limiter?.(open)
      if (client.clock.now() >= deadline) throw late()
      const outcome = await tryOnce(call, open)
      const pause = pauseAfter(call, outcome, failures, deadline)
      if (pause !== undefined) await abortable(client.clock.sleep(pause, open), open)
      else if (outcome instanceof Error) throw outcome
      else return outcome
    }
  })
}

/** One request over the wire. Its failure is returned; only aborts and the deadline are thrown. */
async function tryOnce(
  { request, client, settings }: Call,
  open: AbortSignal,
): Promise<HttpResponse | HttpError> {
  const { method, url, headers, body } = request
  const { maxBodyBytes } = client
  const wire = { method, url, headers, maxBodyBytes, ...(body === undefined ? {} : { body }) }
  const late = (): HttpError => tryTimeout(settings.timeoutMs)
  try {
    const response = await within(open, settings.timeoutMs, late, async (signal) =>
      client.transport({ ...wire, signal }),
    )
    return unusable(response, maxBodyBytes, url) ?? response
  } catch (error) {
    if (open.aborted) throw reasonOf(open)
    return HttpError.isInstance(error) ? error : networkError(error)
  }
}

/** Ms until the next try, or undefined for none. */
function pauseAfter(
  { request, client, settings, complaint }: Call,
  outcome: HttpResponse | HttpError,
  failures: number,
  deadline: number,
): number | undefined {
  const { retry } = settings
  const answer = outcome instanceof Error ? undefined : outcome
  const error = outcome instanceof Error ? outcome : complaint(outcome)
  if (error === undefined || !isRetryable(error) || !retry.methods.includes(request.method)) return undefined
  const now = client.clock.now()
  const failure = {
    failures,
    attempts: systemCause(error).code === 'ENOTFOUND' ? Math.min(LOOKUPS, retry.attempts) : retry.attempts,
    retryAfterMs: retryAfterOf(error, answer, now),
    remainingMs: deadline - now,
  }
  return pauseBeforeRetry(failure, retry, client.random)
}

function isRetryable(error: Error): boolean {
  return Reflect.get(error, 'retryable') === true
}

/** What the error says, else what the answer says; ms. */
export function retryAfterOf(
  error: Error,
  answer: HttpResponse | undefined,
  now: number,
): number | undefined {
  const told: unknown = Reflect.get(error, 'retryAfterMs')
  if (typeof told === 'number' && told >= 0) return told
  return parseRetryAfter(answer?.headers['retry-after'], now)
}
