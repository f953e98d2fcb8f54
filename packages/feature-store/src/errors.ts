const marker = Symbol.for('airq.error')

export type FeatureStoreErrorCode =
  | 'bad-definition'
  | 'schema-mismatch'
  | 'group-missing'
  | 'bad-row'
  | 'bad-query'
  | 'not-a-store'
  | 'store-newer'
  | 'store-damaged'
  | 'state-unwritable'
  | 'engine-missing'
  | 'engine-failed'
  | 'busy'
  | 'aborted'
  | 'closed'
  | 'append-only'
  | 'disk-full'
  | 'target-exists'
  | 'bad-file'
  | 'bad-arguments'
  | 'unauthorized'
  | 'missing-scope'
  | 'forbidden'
  | 'project-not-found'
  | 'quota'
  | 'job-failed'
  | 'job-timeout'
  | 'unavailable'
  | 'remote-failed'
  | 'bad-answer'
  | 'untrusted-host'
  | 'bad-config'
  | 'unflushed'

export interface FeatureStoreErrorDetails {
  readonly fault?: 'input' | 'run'
  readonly retryable?: boolean
  readonly hint?: string | undefined
  readonly where?: string | undefined
  readonly cause?: unknown
}

export class FeatureStoreError extends Error {
  readonly [marker] = true
  override readonly name = 'FeatureStoreError'
  readonly code: FeatureStoreErrorCode
  /** `input`: what the user gave is wrong. `run`: the run failed. */
  readonly fault: 'input' | 'run'
  readonly retryable: boolean
  /** What to do, one sentence. */
  readonly hint?: string
  /** A file, or a group and column. */
  readonly where?: string

  constructor(code: FeatureStoreErrorCode, message: string, details: FeatureStoreErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.fault = details.fault ?? 'run'
    this.retryable = details.retryable ?? false
    if (details.hint !== undefined) this.hint = details.hint
    if (details.where !== undefined) this.where = details.where
  }

  /** By marker and name, so that the ESM and the CJS copy of this package agree. */
  static isInstance(error: unknown): error is FeatureStoreError {
    return error instanceof Error && marker in error && error.name === 'FeatureStoreError'
  }
}

/** Throws `aborted` once the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return
  throw new FeatureStoreError('aborted', 'The call was aborted; it left nothing half-written.', {
    retryable: true,
    cause: signal.reason,
  })
}
