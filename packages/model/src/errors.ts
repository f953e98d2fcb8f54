const marker = Symbol.for('airq.error')

export type ModelErrorCode =
  'bad-matrix' | 'bad-model' | 'bad-params' | 'too-few-rows' | 'unknown-forecaster' | 'worker-failed'

export interface ModelErrorOptions {
  readonly fault?: 'input' | 'run'
  readonly retryable?: boolean
  readonly hint?: string
  readonly where?: string
  readonly cause?: unknown
}

/** Every error this package throws on purpose. `hint` says what to do. */
export class ModelError extends Error {
  readonly [marker] = true
  override readonly name = 'ModelError'
  readonly code: ModelErrorCode
  /** `input`: what the caller handed in is wrong; `run`: the computation failed. */
  readonly fault: 'input' | 'run'
  readonly retryable: boolean
  readonly hint?: string
  readonly where?: string

  constructor(code: ModelErrorCode, message: string, options: ModelErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.fault = options.fault ?? 'run'
    this.retryable = options.retryable ?? false
    if (options.hint !== undefined) this.hint = options.hint
    if (options.where !== undefined) this.where = options.where
  }

  /** True for instances from any copy of this package (ESM and CommonJS side by side). */
  static isInstance(error: unknown): error is ModelError {
    return error instanceof Error && marker in error && error.name === 'ModelError'
  }
}
