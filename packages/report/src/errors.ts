const marker = Symbol.for('airq.error')

export type ReportErrorCode = 'bad-station' | 'bad-feed'

export interface ReportErrorOptions {
  readonly hint?: string
  readonly where?: string
}

/** Every error this package throws on purpose. `hint` says what to do. */
export class ReportError extends Error {
  readonly [marker] = true
  override readonly name = 'ReportError'
  readonly code: ReportErrorCode
  readonly fault = 'input'
  readonly retryable = false
  readonly hint?: string
  readonly where?: string

  constructor(code: ReportErrorCode, message: string, options: ReportErrorOptions = {}) {
    super(message)
    this.code = code
    if (options.hint !== undefined) this.hint = options.hint
    if (options.where !== undefined) this.where = options.where
  }

  static isInstance(error: unknown): error is ReportError {
    return error instanceof Error && marker in error && error.name === 'ReportError'
  }
}
