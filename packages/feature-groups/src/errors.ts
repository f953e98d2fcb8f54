const marker = Symbol.for('airq.error')

export type FeatureGroupsErrorCode = 'leakage' | 'stale-data' | 'no-data' | 'unlike-values' | 'bad-row'

export interface FeatureGroupsErrorOptions {
  readonly hint?: string
  readonly where?: string
  readonly details?: Readonly<Record<string, string | number>>
}

/** Every error this package throws on purpose. `hint` says what to do. */
export class FeatureGroupsError extends Error {
  readonly [marker] = true
  override readonly name = 'FeatureGroupsError'
  readonly code: FeatureGroupsErrorCode
  readonly fault = 'run'
  readonly retryable = false
  readonly hint?: string
  readonly where?: string
  readonly details?: Readonly<Record<string, string | number>>

  constructor(code: FeatureGroupsErrorCode, message: string, options: FeatureGroupsErrorOptions = {}) {
    super(message)
    this.code = code
    if (options.hint !== undefined) this.hint = options.hint
    if (options.where !== undefined) this.where = options.where
    if (options.details !== undefined) this.details = options.details
  }

  static isInstance(error: unknown): error is FeatureGroupsError {
    return error instanceof Error && marker in error && error.name === 'FeatureGroupsError'
  }
}
