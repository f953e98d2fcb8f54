import { ModelRegistryError } from '../errors.ts'

export interface CommandIo {
  readonly stdout: { write(text: string): unknown }
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean }
  readonly clock: { now(): number }
  /** Keys of remote registries, and who is at work. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  /** Set by `main`: a program reads the answer. */
  readonly asJson?: boolean
}

/** What a command has to say: to a program, and to a person. */
export interface Answer {
  readonly json: Readonly<Record<string, unknown>>
  readonly text: string
  /** The command did its work and found the registry wanting. */
  readonly failure?: ModelRegistryError
}

/**
 * `airq-registry`. Returns the exit code: 0 done, 1 failed, 2 the input is wrong, 130 interrupted. Never rejects
 * and never prints a stack.
 * @param argv without the program's name
 */
export async function main(argv: readonly string[], io: CommandIo): Promise<number> {
  const args = argv[0] === '--' ? argv.slice(1) : argv
  const asJson = args.includes('--json')
  const command = args.find((arg) => !arg.startsWith('-')) ?? null
  try {
    const { runProgram } = await import('./program.ts')
    const answer = await runProgram(args, { ...io, asJson })
    if (answer === undefined) return 0
    if (answer.failure !== undefined) {
      report(answer.failure, { ...answer.json, command }, asJson, io)
      if (!asJson) io.stdout.write(printable(answer.text))
      return exitCode(answer.failure)
    }
    const line = JSON.stringify({ command, ok: true, ...answer.json })
    io.stdout.write(asJson ? `${line}\n` : printable(answer.text))
    return 0
  } catch (error) {
    const failure = ModelRegistryError.isInstance(error) ? error : unexpected(error)
    report(failure, { command }, asJson, io)
    return exitCode(failure)
  }
}

function report(
  { code, message, hint, where }: ModelRegistryError,
  json: Readonly<Record<string, unknown>>,
  asJson: boolean,
  io: CommandIo,
): void {
  const lines = [
    `airq-registry: ${message} (${code})`,
    `  in ${where ?? 'the arguments'}`,
    `  ${hint ?? 'Run it again.'}`,
  ]
  io.stderr.write(printable(`${lines.join('\n')}\n`))
  if (asJson)
    io.stdout.write(`${JSON.stringify({ ...json, ok: false, error: { code, message, hint, where } })}\n`)
}

/** Texts quote what lies in a registry, which others wrote: no terminal is to obey it. */
function printable(text: string): string {
  return text.replaceAll(/(?![\n\t])\p{Cc}/gu, '\uFFFD')
}

function exitCode({ code, fault }: ModelRegistryError): number {
  if (code === 'aborted') return 130
  return fault === 'input' ? 2 : 1
}

function unexpected(error: unknown): ModelRegistryError {
  const message = error instanceof Error ? error.message : String(error)
  return new ModelRegistryError('registry-refused', message, {
    cause: error,
    hint: 'This is a defect of airq-registry.',
  })
}
