const marker = Symbol.for('airq.error')

export type JobRunnerErrorCode =
  | 'bad-spec'
  | 'bad-settings'
  | 'no-secret'
  | 'job-conflict'
  | 'job-not-found'
  | 'environment-conflict'
  | 'wait-timeout'
  | 'aborted'
  | 'cannot-start'
  | 'state-unusable'
  | 'quota'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'refused'
  | 'rate-limited'
  | 'unavailable'
  | 'bad-answer'
  | 'untrusted-host'

export interface JobRunnerErrorDetails {
  readonly fault?: 'input' | 'run'
  readonly retryable?: boolean
  readonly hint?: string | undefined
  readonly where?: string | undefined
}

/** The one error class of this package; `code` tells the cases apart. Holds no secret, and no raw error of an SDK. */
export class JobRunnerError extends Error {
  readonly [marker] = true
  override readonly name = 'JobRunnerError'
  readonly code: JobRunnerErrorCode
  /** `input`: what the user gave is wrong. `run`: the run failed. */
  readonly fault: 'input' | 'run'
  readonly retryable: boolean
  /** What to do, one sentence. */
  readonly hint?: string
  /** A job, a setting, a folder, or what was asked of Azure. */
  readonly where?: string

  constructor(code: JobRunnerErrorCode, message: string, details: JobRunnerErrorDetails = {}) {
    super(message)
    this.code = code
    this.fault = details.fault ?? 'run'
    this.retryable = details.retryable ?? false
    if (details.hint !== undefined) this.hint = details.hint
    if (details.where !== undefined) this.where = details.where
  }

  /** By marker and name, so that two copies of this package agree. */
  static isInstance(error: unknown): error is JobRunnerError {
    return error instanceof Error && marker in error && error.name === 'JobRunnerError'
  }
}

export function jobNotFound(name: string, where: string): JobRunnerError {
  return new JobRunnerError('job-not-found', `There is no job ${name}.`, {
    fault: 'input',
    where,
    hint: 'Correct the name, or submit the job.',
  })
}

export function jobConflict(name: string, where: string): JobRunnerError {
  return new JobRunnerError('job-conflict', `Job ${name} is there already, and it is another job.`, {
    fault: 'input',
    where,
    hint: 'Submit under another name.',
  })
}
