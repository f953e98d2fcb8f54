import { axiosTransport, createHttpClient, HttpError, type HttpClient } from '@airq/http'

export interface CuttingClient {
  readonly http: HttpClient
  /** Requests that went out. */
  readonly sent: () => number
}

/** A client whose connection is gone for good after so many requests: the last takes effect, its answer is lost. */
export function cuttingClient(requests: number): CuttingClient {
  const transport = axiosTransport()
  let sent = 0
  const http = createHttpClient({
    retry: { attempts: 1 },
    clock: { now: () => Date.now(), sleep: () => Promise.resolve() },
    async transport(request) {
      if (sent >= requests) throw new HttpError('network', 'The connection is gone.', { retryable: true })
      sent += 1
      const answer = await transport(request)
      if (sent >= requests) throw new HttpError('network', 'The answer is lost.', { retryable: true })
      return answer
    },
  })
  return { http, sent: () => sent }
}
