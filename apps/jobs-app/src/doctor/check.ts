/** What the doctor looks at, one thing a check, and what it finds. */

/** One step to take. */
export type Next =
  /** A command of a shell. What stands in <…> is the user's to fill in. */
  | { readonly kind: 'run'; readonly command: string }
  /** A line of a file; `line` counts from 1 and is replaced, null is appended. */
  | { readonly kind: 'write'; readonly file: string; readonly line: number | null; readonly text: string }
  /** What is no command and no line. */
  | { readonly kind: 'do'; readonly text: string }

export type Status = 'ok' | 'warning' | 'failed' | 'skipped'

export interface Finding {
  readonly status: Status
  /** What is so, one sentence without its full stop. */
  readonly message: string
  /** `file:line:column`, a file, a variable, a server. */
  readonly where?: string
  /** Why the next step, or what else there is to know. */
  readonly hint?: string
  /** Of what is failed always. */
  readonly next?: Next
}

export interface Check {
  /** Unique: `station beijing`. */
  readonly id: string
  /** Ids of what must not have failed. */
  readonly needs?: readonly string[]
  /** Asks a server. */
  readonly network?: boolean
  /** Where a failure is that names no place of its own. */
  readonly where: string
  /** The step that a failure of this code asks for. Default: the hint of the error. */
  readonly nextFor?: (failure: Failure) => Next | undefined | Promise<Next | undefined>
  /** More than one only where a check finds out more than one thing, each of its own. */
  readonly run: (signal: AbortSignal) => Promise<Finding | readonly Finding[]>
}

/** An error, told. */
export interface Failure {
  readonly code: string
  readonly message: string
  readonly where?: string
  readonly hint?: string
}

export interface CheckResult {
  readonly id: string
  readonly status: Status
  readonly message: string
  readonly where: string
  readonly hint: string | null
  readonly next: Next | null
  /** Milliseconds. */
  readonly durationMs: number
}

export const ok = (message: string): Finding => ({ status: 'ok', message })
export const skipped = (message: string): Finding => ({ status: 'skipped', message })

/** In words, on one line. */
export function nextText(next: Next): string {
  if (next.kind === 'run') return next.command
  if (next.kind === 'do') return next.text
  const { file, line, text } = next
  return line === null
    ? `add this line to ${file}: ${text}`
    : `line ${String(line)} of ${file}: ${text.trim()}`
}
