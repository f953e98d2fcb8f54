const marker = Symbol.for('airq.error')

/** The codes this package throws; an app's stage may add its own, kebab-case and stable. */
export type FrameErrorCode =
  | 'bad-arguments'
  | 'bad-config'
  | 'bad-now'
  | 'state-unwritable'
  | 'no-store'
  | 'interrupted'
  | 'output-failed'

export interface PipelineErrorOptions {
  readonly fault?: 'input' | 'run'
  readonly retryable?: boolean
  /** What to do, one sentence. */
  readonly hint?: string | undefined
  /** Where: a file, `file:line:column`, a directory. */
  readonly where?: string | undefined
  /** Facts for machines, plain JSON: they travel in `error.details` of the summary. */
  readonly details?: Readonly<Record<string, unknown>> | undefined
  readonly cause?: unknown
}

/** What a pipeline reports instead of its result. */
export class PipelineError extends Error {
  readonly [marker] = true
  override readonly name: string = 'PipelineError'
  readonly code: FrameErrorCode | (string & {})
  /** 'input': the user's input is wrong (the command exits 2). 'run': the run failed (exits 1). */
  readonly fault: 'input' | 'run'
  readonly retryable: boolean
  readonly hint?: string
  readonly where?: string
  readonly details?: Readonly<Record<string, unknown>>

  constructor(
    code: FrameErrorCode | (string & {}),
    message: string,
    { fault = 'run', retryable = false, hint, where, details, cause }: PipelineErrorOptions = {},
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.fault = fault
    this.retryable = retryable
    if (hint !== undefined) this.hint = hint
    if (where !== undefined) this.where = where
    if (details !== undefined) this.details = details
  }

  /** By marker and name, so that two copies of this package agree. */
  static isInstance(error: unknown): error is PipelineError {
    return isAirqError(error) && (error.name === 'PipelineError' || error.name === 'UserError')
  }
}

/** The user's input is wrong: the command exits 2. */
export class UserError extends PipelineError {
  override readonly name = 'UserError'

  constructor(
    code: FrameErrorCode | (string & {}),
    message: string,
    options: Omit<PipelineErrorOptions, 'fault'> = {},
  ) {
    super(code, message, { ...options, fault: 'input' })
  }
}

/** True for the errors of every airq library: what they carry is fit to be shown to a user. */
export function isAirqError(error: unknown): error is Error {
  return error instanceof Error && marker in error
}

/** An error of ours with the place it is about, where it names none itself. */
export function placed(error: unknown, where: string): unknown {
  if (isAirqError(error) && Reflect.get(error, 'where') === undefined) Reflect.set(error, 'where', where)
  return error
}
