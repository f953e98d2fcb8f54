import type { LocalDay } from './types.ts'

const marker = Symbol.for('airq.error')

export type AqiErrorCode =
  | 'aborted'
  | 'ambiguous-dates'
  | 'api'
  | 'auth'
  | 'bad-day'
  | 'bad-hour'
  | 'bad-place'
  | 'bad-request'
  | 'bad-span'
  | 'bad-time-zone'
  | 'bad-unit'
  | 'bad-value'
  | 'concentrations'
  | 'config'
  | 'download-zone-unknown'
  | 'malformed'
  | 'network'
  | 'no-date-column'
  | 'no-value-column'
  | 'not-csv'
  | 'not-found'
  | 'not-in-table'
  | 'out-of-range'
  | 'rate-limit'
  | 'station-mismatch'
  | 'timeout'
  | 'unlike-readings'
  | 'unlike-scales'
  | 'unsupported-format'
  | 'upstream'

export interface AqiErrorOptions {
  readonly fault?: 'input' | 'run'
  readonly retryable?: boolean
  readonly retryAfterMs?: number | undefined
  readonly status?: number | undefined
  readonly hint?: string | undefined
  readonly where?: string | undefined
  readonly allowed?: { readonly from: LocalDay; readonly to: LocalDay } | undefined
  readonly cause?: unknown
}

/** The one error class of this package; `code` tells the cases apart. */
export class AqiError extends Error {
  readonly [marker] = true
  override readonly name = 'AqiError'
  /** Stable, kebab-case. */
  readonly code: AqiErrorCode
  /** `input`: what the user gave is wrong. `run`: the run failed. */
  readonly fault: 'input' | 'run'
  readonly retryable: boolean
  /** How long to wait before the next try, in ms, where the source gives it away. */
  readonly retryAfterMs?: number
  /** The HTTP status, where there was an answer and it was not 200. */
  readonly status?: number
  /** What to do, one sentence. */
  readonly hint?: string
  /** Where: a file, or `file:line`. */
  readonly where?: string
  /** `out-of-range`: the first and last day the source answers for. */
  readonly allowed?: { readonly from: LocalDay; readonly to: LocalDay }

  constructor(code: AqiErrorCode, message: string, options: AqiErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.fault = options.fault ?? 'run'
    this.retryable = options.retryable ?? false
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs
    if (options.status !== undefined) this.status = options.status
    if (options.hint !== undefined) this.hint = options.hint
    if (options.where !== undefined) this.where = options.where
    if (options.allowed !== undefined) this.allowed = options.allowed
  }

  /** True for errors of this class, also those of another copy of the package (ESM beside CJS). */
  static isInstance(error: unknown): error is AqiError {
    return error instanceof Error && marker in error && error.name === 'AqiError'
  }
}
