import { abortedError, placed } from './call-failures.ts'
import { HttpError } from './errors.ts'
import { prepareRequest, type PreparedRequest } from './prepare-request.ts'
import { callSettings, clientSettings, type CallSettings } from './settings.ts'
import { createSingleFlight } from './single-flight.ts'
import { retryAfterOf, runTries } from './tries.ts'
import type { CallOptions, HttpClient, HttpClientOptions, HttpRequest, HttpResponse, Judge } from './types.ts'

/** What a judge made of an answer. */
type Verdict<T> = { readonly value: T } | { readonly error: Error }

/**
 * A client with its own rate limit and its own calls under way. Opens nothing until the first call.
 * @throws HttpError `bad-request` where an option is out of range
 */
export function createHttpClient(options: HttpClientOptions = {}): HttpClient {
  const client = clientSettings(options)
  callSettings(options, {})
  const flights = createSingleFlight<HttpResponse>()

  return {
    async call<T>(asked: HttpRequest, judge: Judge<T>, callOptions: CallOptions = {}): Promise<T> {
      const settings = callSettings(options, callOptions)
      const request = prepareRequest(asked, client.trustedHosts, client.userAgent)
      const signal = anyOf([options.signal, callOptions.signal])
      let last: { readonly response: HttpResponse; readonly verdict: Verdict<T> } | undefined
      const complaint = (response: HttpResponse): Error | undefined => {
        last = { response, verdict: verdictOf(judge, response) }
        return 'error' in last.verdict ? last.verdict.error : undefined
      }

      let response: HttpResponse
      try {
        response = await flights.join(flightKey(request, settings), signal, (flight) =>
          runTries({ request, client, settings, complaint }, flight),
        )
      } catch (error) {
        throw placed(signal.aborted ? abortedError() : error, request)
      }
      // Who joined the call of another has not judged yet.
      const final = last?.response === response ? last.verdict : verdictOf(judge, response)
      if ('value' in final) return final.value
      if (!HttpError.isInstance(final.error)) throw final.error
      throw placed(final.error, request, retryAfterOf(final.error, response, client.clock.now()))
    },
  }
}

function verdictOf<T>(judge: Judge<T>, response: HttpResponse): Verdict<T> {
  try {
    return { value: judge(response) }
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }
}

/** Equal GETs have equal keys; everything else has a key of its own. */
function flightKey(request: PreparedRequest, settings: CallSettings): string | symbol {
  if (request.method !== 'GET' || request.body !== undefined) return Symbol('call')
  const headers = Object.entries(request.headers).sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([request.url, headers, settings])
}

function anyOf(signals: readonly (AbortSignal | undefined)[]): AbortSignal {
  return AbortSignal.any(signals.filter((signal) => signal !== undefined))
}
