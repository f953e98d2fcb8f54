import { main } from '../../src/cli/main.ts'

export interface CommandRun {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** What `--json` put on stdout: exactly one line. */
  readonly json: () => Record<string, unknown>
}

export interface CommandOptions {
  readonly now?: number
  readonly env?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

/** Runs `airq-store` in this process. */
export async function airqStore(args: readonly string[], options: CommandOptions = {}): Promise<CommandRun> {
  let stdout = ''
  let stderr = ''
  const { now = Date.UTC(2026, 0, 3), env = {}, signal = new AbortController().signal } = options
  const code = await main(args, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    clock: { now: () => now },
    env,
    signal,
  })
  return { code, stdout, stderr, json: () => parsedLine(stdout) }
}

export function parsedLine(stdout: string): Record<string, unknown> {
  const [line = '', ...rest] = stdout.split('\n')
  if (rest.length !== 1 || rest[0] !== '') throw new Error(`not one line on stdout: ${stdout}`)
  return JSON.parse(line) as Record<string, unknown>
}
