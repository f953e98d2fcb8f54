import { UserError } from '../errors.ts'
import { processIo, writeText } from './command-io.ts'
import type { CommandIo } from './command-io.ts'
import type { CommandDefinition } from './define-command.ts'
import type { OptionName } from './options.ts'
import { parseArguments, wantsJson } from './parse-arguments.ts'
import type { RunRequest, TextRequest } from './parse-arguments.ts'

/**
 * Runs a command and returns its exit code: 0 done, 1 the run failed, 2 the user's input is wrong,
 * 3 done but degraded, 130 interrupted. Never rejects and never prints a stack.
 *
 * @param argv without the program's name: `process.argv.slice(2)`
 */
export async function runCommand<const Names extends readonly OptionName[]>(
  command: CommandDefinition<Names>,
  argv: readonly string[],
  io: CommandIo = processIo(),
): Promise<number> {
  let request: RunRequest | TextRequest | UserError
  try {
    request = parseArguments(command, argv)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    request = error
  }
  if (!(request instanceof UserError) && request.kind === 'text') {
    return (await writeText(io.stdout, request.text)) === null ? 0 : 1
  }
  // Only now what makes a run: configuration, logging, schemas. `--help` does not wait for them.
  const { execute } = await import('../run/execute.ts')
  return execute(command, request, { json: wantsJson(argv), io })
}
