import { HttpError } from '../../src/index.ts'
import type { Clock, HttpResponse, Transport, TransportRequest } from '../../src/index.ts'

export interface FakeClock extends Clock {
  readonly sleeps: number[]
  advance(ms: number): void
}

/** Time passes by sleeping alone. */
export function fakeClock(start = Date.UTC(2026, 0, 1)): FakeClock {
  let now = start
  const sleeps: number[] = []
  return {
    sleeps,
    now: () => now,
    sleep: (ms) => {
      sleeps.push(ms)
      now += ms
      return Promise.resolve()
    },
    advance: (ms) => {
      now += ms
    },
  }
}

export function response(status: number, body = '', headers: Record<string, string> = {}): HttpResponse {
  return { status, headers, body: new TextEncoder().encode(body) }
}

export interface ScriptedTransport {
  readonly transport: Transport
  readonly requests: TransportRequest[]
}

/** Gives the answers in order, the last one for ever. An error is thrown. */
export function scripted(...answers: readonly (HttpResponse | Error)[]): ScriptedTransport {
  const requests: TransportRequest[] = []
  const transport: Transport = (request) => {
    requests.push(request)
    const answer = answers[Math.min(requests.length, answers.length) - 1]
    if (answer === undefined) return Promise.reject(new Error('Nothing scripted.'))
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
  }
  return { transport, requests }
}

export function systemError(code: string, syscall: string): Error {
  return Object.assign(new Error(`${syscall} ${code}`), { code, syscall })
}

/** The error a promise rejects with; fails if it doesn't, or with another class. */
export async function failure(promise: Promise<unknown>): Promise<HttpError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (HttpError.isInstance(error)) return error
  throw new Error('Expected an HttpError.', { cause: error })
}

export function text(answer: HttpResponse): string {
  return new TextDecoder().decode(answer.body)
}
