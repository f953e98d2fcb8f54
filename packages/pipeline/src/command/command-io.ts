import type { Readable, Writable } from 'node:stream'
import type { ProgressStream } from '../terminal/progress.ts'
import type { Clock } from '../types.ts'

/** What a command touches of the process it runs in. */
export interface CommandIo {
  readonly stdin: Readable
  readonly stdout: Writable & { readonly isTTY?: boolean }
  readonly stderr: ProgressStream
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  /** The running script, for the commit it was built from. */
  readonly scriptPath: string | undefined
  /** Ends the process at once: after a second signal or an error that nobody caught. */
  readonly exit: (code: number) => void
}

export function processIo(): CommandIo {
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    clock: { now: () => Date.now() },
    scriptPath: process.argv[1],
    exit: (code) => process.exit(code),
  }
}

/**
 * Writes and waits. A reader that has gone away (`… | head -1`) is no failure of the command; other
 * errors, a full disk for one, are returned.
 */
export async function writeText(stream: Writable, text: string): Promise<Error | null> {
  tolerateErrors(stream)
  return new Promise((resolve) => {
    stream.write(text, (error) => {
      resolve(error == null || isBrokenPipe(error) ? null : error)
    })
  })
}

/** Without a listener, the error event of a broken pipe would end the process with a stack. */
export function tolerateErrors(stream: Writable): void {
  if (!stream.listeners('error').includes(ignore)) stream.on('error', ignore)
}

function ignore(): void {
  // Who needs to know learns it from the callback of `write`.
}

function isBrokenPipe(error: Error): boolean {
  return 'code' in error && error.code === 'EPIPE'
}
