const marker = Symbol.for('airq.error')

export type HttpErrorCode =
  'network' | 'timeout' | 'aborted' | 'too-large' | 'redirect' | 'status' | 'untrusted-host' | 'bad-request'

/** All that is kept of what lies beneath: the raw errors of transports carry the whole request, secrets included. */
export interface SystemCause {
  readonly code?: string
  readonly syscall?: string
}

export interface HttpErrorDetails {
  readonly fault?: 'input' | 'run'
  readonly retryable?: boolean
  readonly hint?: string | undefined
  readonly status?: number | undefined
  readonly retryAfterMs?: number | undefined
  readonly host?: string | undefined
  /** Without secrets. */
  readonly url?: string | undefined
  readonly cause?: SystemCause | undefined
}

/** The one error class of this package; `code` tells the cases apart. Holds no secret. */
export class HttpError extends Error {
  readonly [marker] = true
  override readonly name = 'HttpError'
  /** Stable, kebab-case. */
  readonly code: HttpErrorCode
  /** `input`: what the user gave is wrong. `run`: the run failed. */
  readonly fault: 'input' | 'run'
  readonly retryable: boolean
  /** What to do, one sentence. */
  readonly hint?: string
  /** The URL without secrets, e.g. `https://api.example/feed/@1?token=***`. */
  readonly where?: string
  /** The same as `where`. */
  readonly url?: string
  readonly host?: string
  readonly status?: number
  /** What the server asked for; ms from the answer. */
  readonly retryAfterMs?: number

  constructor(code: HttpErrorCode, message: string, details: HttpErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.fault = details.fault ?? 'run'
    this.retryable = details.retryable ?? false
    if (details.hint !== undefined) this.hint = details.hint
    if (details.url !== undefined) {
      this.where = details.url
      this.url = details.url
    }
    if (details.host !== undefined) this.host = details.host
    if (details.status !== undefined) this.status = details.status
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs
  }

  /** By marker and name, so that the ESM and the CJS copy of this package agree. */
  static isInstance(error: unknown): error is HttpError {
    return error instanceof Error && marker in error && error.name === 'HttpError'
  }
}

export function badRequest(message: string, details: HttpErrorDetails = {}): HttpError {
  return new HttpError('bad-request', message, { fault: 'input', ...details })
}
