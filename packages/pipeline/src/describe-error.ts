import { isAirqError } from './errors.ts'

/** An error as it is reported: `error` of the summary, and three lines on stderr. */
export interface ErrorReport {
  readonly code: string
  readonly message: string
  readonly hint?: string
  readonly where?: string
  readonly details?: object
}

export interface DescribedError {
  readonly report: ErrorReport
  /** 2: the user's input is wrong. 130: interrupted. 1: everything else. */
  readonly exitCode: 1 | 2 | 130
  /** Whether it may pass by itself. */
  readonly retryable?: boolean
  /** Of a defect only; shown with `--log-level debug` alone, as are the causes. */
  readonly stack?: string
  /** What led to it, the nearest first. */
  readonly causes?: readonly string[]
}

const LONGEST_MESSAGE = 4_000

/** Says of anything thrown what to report and how to exit; never throws itself. */
export function describeError(error: unknown): DescribedError {
  const causes = causesOf(error)
  return { ...described(error), ...(causes.length === 0 ? {} : { causes }) }
}

function described(error: unknown): DescribedError {
  if (isAirqError(error)) return describeAirqError(error)
  if (error instanceof Error && error.name === 'AbortError') {
    return { report: { code: 'interrupted', message: 'interrupted' }, exitCode: 130 }
  }
  const stack = error instanceof Error ? error.stack : undefined
  return {
    report: {
      code: 'internal',
      message: `internal error: ${shorten(error instanceof Error ? error.message : printable(error))}`,
      hint: 'This is a defect of airq; --log-level debug shows where it happened.',
    },
    exitCode: 1,
    ...(stack === undefined ? {} : { stack }),
  }
}

/** What, with its code, where, and what to do: a line each, but for messages of several lines. */
export function errorLines({ code, message, where, hint }: ErrorReport): string[] {
  const lines = [message.replace(/(?=\n)|$/, ` (${code})`)]
  if (where !== undefined) lines.push(`  in ${where}`)
  if (hint !== undefined) lines.push(`  ${hint}`)
  return lines.map(withoutControls)
}

const MOST_CAUSES = 8

function causesOf(error: unknown): string[] {
  const causes: string[] = []
  let cause: unknown = error instanceof Error ? error.cause : undefined
  while (cause !== undefined && cause !== null && causes.length < MOST_CAUSES) {
    causes.push(shorten(cause instanceof Error ? cause.message : printable(cause)))
    cause = cause instanceof Error ? cause.cause : undefined
  }
  return causes
}

/** Messages quote files and arguments: no terminal is to obey what these hold. */
export function withoutControls(text: string): string {
  return text.replaceAll(/(?![\n\t])\p{Cc}/gu, '\uFFFD')
}

function describeAirqError(error: Error): DescribedError {
  const text = (name: string): string | undefined => {
    const value: unknown = Reflect.get(error, name)
    return typeof value === 'string' ? value : undefined
  }
  const code = text('code') ?? 'failed'
  const hint = text('hint')
  const where = text('where')
  const details: unknown = Reflect.get(error, 'details')
  const report = {
    code,
    message: error.message === '' ? code : shorten(error.message),
    ...(hint === undefined ? {} : { hint }),
    ...(where === undefined ? {} : { where }),
    ...(typeof details === 'object' && details !== null ? { details } : {}),
  }
  if (code === 'aborted' || code === 'interrupted') return { report, exitCode: 130 }
  const exitCode = text('fault') === 'input' ? 2 : 1
  return { report, exitCode, ...(Reflect.get(error, 'retryable') === true ? { retryable: true } : {}) }
}

function shorten(message: string): string {
  return message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message
}

/** Thrown values need not be errors, nor even printable. */
function printable(value: unknown): string {
  try {
    return String(value)
  } catch {
    return 'a value that cannot be printed was thrown'
  }
}
