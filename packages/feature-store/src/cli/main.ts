import { FeatureStoreError } from '../errors.ts'

export interface CommandIo {
  readonly stdout: { write(text: string): unknown }
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean }
  readonly clock: { now(): number }
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  /** Set by `main`: a program reads the answer. */
  readonly asJson?: boolean
}

/** What a command has to say: to a program, and to a person. */
export interface Answer {
  readonly json: Readonly<Record<string, unknown>>
  readonly text: string
  /** The command did its work and found the store wanting. */
  readonly failure?: FeatureStoreError
}

/**
 * `airq-store`. Returns the exit code: 0 done, 1 failed, 2 the input is wrong, 130 interrupted. Never rejects
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
      if (!asJson) io.stdout.write(answer.text)
      return exitCode(answer.failure)
    }
    io.stdout.write(asJson ? `${JSON.stringify({ command, ok: true, ...answer.json })}\n` : answer.text)
    return 0
  } catch (error) {
    const failure = FeatureStoreError.isInstance(error) ? error : unexpected(error)
    report(failure, { command }, asJson, io)
    return exitCode(failure)
  }
}

function report(
  { code, message, hint, where }: FeatureStoreError,
  json: Readonly<Record<string, unknown>>,
  asJson: boolean,
  io: CommandIo,
): void {
  const lines = [
    `airq-store: ${message} (${code})`,
    `  in ${where ?? 'the arguments'}`,
    `  ${hint ?? 'Run it again.'}`,
  ]
  // Messages quote files and arguments: no terminal is to obey what these hold.
  io.stderr.write(`${lines.join('\n').replaceAll(/(?![\n\t])\p{Cc}/gu, '\uFFFD')}\n`)
  if (asJson)
    io.stdout.write(`${JSON.stringify({ ...json, ok: false, error: { code, message, hint, where } })}\n`)
}

function exitCode({ code, fault }: FeatureStoreError): number {
  if (code === 'aborted') return 130
  return fault === 'input' ? 2 : 1
}

function unexpected(error: unknown): FeatureStoreError {
  const message = error instanceof Error ? error.message : String(error)
  return new FeatureStoreError('engine-failed', message, {
    cause: error,
    hint: 'This is a defect of airq-store.',
  })
}
