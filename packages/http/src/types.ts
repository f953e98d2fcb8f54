/** HTTP as this project uses it: a transport that can be swapped, and a client that adds patience and care. */

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** What goes over the wire. `url` is absolute and may hold secrets: only a transport sees it whole. */
export interface TransportRequest {
  readonly method: Method
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Aborts at any point: before, while connecting, while the body arrives. */
  readonly signal: AbortSignal
  /** A longer answer is cut off and fails as `too-large`. */
  readonly maxBodyBytes: number
}

export interface HttpResponse {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** Never follows a redirect, never retries, never throws for a status code. */
export type Transport = (request: TransportRequest) => Promise<HttpResponse>

export interface Clock {
  /** Epoch ms. */
  now(): number
  /** Resolves after `ms`; rejects at once when the signal fires. Leaves no timer behind. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

/** A secret and where it goes. It is sent to the vendor's hosts, to loopback, and to trusted hosts only. */
export interface Secret {
  readonly in: 'query' | 'header'
  readonly name: string
  readonly value: string
  /** Put before the value in a header, e.g. `ApiKey `. */
  readonly prefix?: string
  readonly vendorHosts: readonly string[]
}

export interface HttpRequest {
  /** Default GET. Only GET is retried unless `retry.methods` says more. */
  readonly method?: Method
  /** Absolute, without secrets. */
  readonly url: string
  readonly query?: Readonly<Record<string, string | number | undefined>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  readonly secret?: Secret
}

export interface RetryPolicy {
  /** Tries in all, the first included. Default 3. */
  readonly attempts: number
  /** Full jitter: a random share of min(cap, base · 2^n). Defaults 500 and 30,000. */
  readonly baseMs: number
  readonly capMs: number
  /** A longer Retry-After is not obeyed; the call fails with it instead. Default 60,000. */
  readonly maxRetryAfterMs: number
  /** Default GET alone: only what changes nothing may be sent twice unasked. */
  readonly methods: readonly Method[]
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
  /** One try, without the wait for its turn. Default 30,000. */
  readonly timeoutMs?: number
  /** All tries and waits together. Default 120,000. */
  readonly deadlineMs?: number
  readonly retry?: Partial<RetryPolicy>
}

export interface HttpClientOptions extends CallOptions {
  /** Default: axios, loaded at the first request. */
  readonly transport?: Transport
  readonly clock?: Clock
  /** 0 ≤ x < 1, for jitter. */
  readonly random?: () => number
  /** Token bucket over all calls of this client; order is kept. Default: none. */
  readonly limit?: { readonly perSecond: number; readonly burst: number }
  /** Hosts beside the vendor's that secrets may be sent to over https: `host` (any port) or `host:port`. */
  readonly trustedHosts?: readonly string[]
  /** Default 5 MiB, after decompression. */
  readonly maxBodyBytes?: number
  /** Default `airq`. */
  readonly userAgent?: string
}

/**
 * Turns an answer into a value, or throws. An error with `retryable: true` is tried again: after its `retryAfterMs`,
 * else after the answer's Retry-After, else after a back-off. Sees every status but redirects.
 */
export type Judge<T> = (response: HttpResponse) => T

export interface HttpClient {
  /**
   * Waits its turn, sends, retries. Equal GETs under way at the same time share one answer: the judge of the first
   * decides on retries, each reads the answer with its own, and one that aborts leaves the others alone.
   * @throws HttpError `network`, `timeout`, `aborted`, `too-large`, `redirect`, `untrusted-host`, `bad-request`;
   *   else what `judge` throws
   */
  call<T>(request: HttpRequest, judge: Judge<T>, options?: CallOptions): Promise<T>
}
