const marker = Symbol.for('airq.error')

export type AqiErrorCode =
  | 'ambiguous-dates'
  | 'bad-day'
  | 'bad-span'
  | 'bad-time-zone'
  | 'bad-value'
  | 'concentrations'
  | 'download-zone-unknown'
  | 'no-date-column'
  | 'no-value-column'
  | 'not-csv'
  | 'unsupported-format'

export interface AqiErrorOptions {
  readonly fault?: 'input' | 'run'
  readonly retryable?: boolean
  readonly hint?: string | undefined
  readonly where?: string | undefined
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
  /** What to do, one sentence. */
  readonly hint?: string
  /** Where: a file, or `file:line`. */
  readonly where?: string

  constructor(code: AqiErrorCode, message: string, options: AqiErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.fault = options.fault ?? 'run'
    this.retryable = options.retryable ?? false
    if (options.hint !== undefined) this.hint = options.hint
    if (options.where !== undefined) this.where = options.where
  }

  /** True for errors of this class, also those of another copy of the package (ESM beside CJS). */
  static isInstance(error: unknown): error is AqiError {
    return error instanceof Error && marker in error && error.name === 'AqiError'
  }
}
