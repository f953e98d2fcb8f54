const marker = Symbol.for('airq.error')

export type ModelRegistryErrorCode =
  | 'bad-arguments'
  | 'bad-name'
  | 'bad-package'
  | 'package-too-large'
  | 'package-damaged'
  | 'format-newer'
  | 'not-found'
  | 'version-conflict'
  | 'stage-conflict'
  | 'registry-unwritable'
  | 'registry-unreadable'
  | 'registry-unavailable'
  | 'registry-refused'
  | 'rate-limited'
  | 'unauthorized'
  | 'untrusted-host'
  | 'bad-answer'
  | 'aborted'
  | 'closed'

export interface ModelRegistryErrorDetails {
  readonly fault?: 'input' | 'run'
  readonly retryable?: boolean
  readonly hint?: string | undefined
  readonly where?: string | undefined
  readonly cause?: unknown
}

export class ModelRegistryError extends Error {
  readonly [marker] = true
  override readonly name = 'ModelRegistryError'
  readonly code: ModelRegistryErrorCode
  /** `input`: what the user gave is wrong. `run`: the run failed. */
  readonly fault: 'input' | 'run'
  readonly retryable: boolean
  /** What to do, one sentence. */
  readonly hint?: string
  /** A file, a folder, or a name and version. */
  readonly where?: string

  constructor(code: ModelRegistryErrorCode, message: string, details: ModelRegistryErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.fault = details.fault ?? 'run'
    this.retryable = details.retryable ?? false
    if (details.hint !== undefined) this.hint = details.hint
    if (details.where !== undefined) this.where = details.where
  }

  /** By marker and name, so that the ESM and the CJS copy of this package agree. */
  static isInstance(error: unknown): error is ModelRegistryError {
    return error instanceof Error && marker in error && error.name === 'ModelRegistryError'
  }
}

/** Throws `aborted` once the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return
  throw new ModelRegistryError('aborted', 'The call was aborted; it left nothing half-written.', {
    retryable: true,
    cause: signal.reason,
  })
}

export function damaged(where: string, problem: string): ModelRegistryError {
  return new ModelRegistryError('package-damaged', `${where} is damaged: ${problem}.`, {
    where,
    hint: 'Restore it from a copy, or train again: that publishes a new version.',
  })
}

/** @param where name and version */
export function versionConflict(where: string): ModelRegistryError {
  return new ModelRegistryError('version-conflict', `${where} is there already, with another content.`, {
    fault: 'input',
    where,
    hint: 'Publish under another version, or leave the version out for the next one.',
  })
}
