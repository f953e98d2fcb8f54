import { Command, CommanderError } from 'commander'

import manifest from '../../package.json' with { type: 'json' }
import { badArguments } from './arguments.ts'
import type { ChangeFlags, StageFlags } from './change.ts'
import type { Answer, CommandIo } from './main.ts'
import type { RegistryFlags } from './open-registry.ts'

const helpWidth = 80
const about = `
A REGISTRY is a folder (a pipeline's: .airq/model-registry, below its --state),
comet:WORKSPACE/PROJECT with the key in COMET_API_KEY, or mlflow:URL with
MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD.
Every command takes --json: one line of JSON on stdout, whatever the exit code.

Examples:
  $ airq-registry list .airq/model-registry
  $ airq-registry show .airq/model-registry beijing-end-of-day@production
  $ airq-registry history .airq/model-registry beijing-end-of-day

Exit codes:
  0 done, 1 failed, 2 wrong input, 130 interrupted

Secrets:
  keys and passwords of remote registries come from the environment alone

More: docs/registries.md`

/**
 * Reads the command line and runs the command; `undefined` after `--help`.
 * @throws ModelRegistryError `bad-arguments`, and whatever the command meets
 */
export async function runProgram(argv: readonly string[], io: CommandIo): Promise<Answer | undefined> {
  let answer: Answer | undefined
  const program = buildProgram(io, (given) => {
    answer = given
  })
  try {
    await program.parseAsync(argv, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return undefined
    throw usageError(error)
  }
  return answer
}

function buildProgram(io: CommandIo, answer: (given: Answer) => void): Command {
  const program = new Command('airq-registry')
    .description('Looks after a model registry: versions, stages, history.')
    .version(manifest.version, '--version', 'show the version')
    .helpOption('--help', 'show this text')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: () => undefined,
      getOutHelpWidth: () => helpWidth,
    })
    .addHelpText('after', about)
  addLooks(program, io, answer)
  addChanges(program, io, answer)
  return program
}

function add(program: Command, usage: string, description: string): Command {
  return program
    .command(usage)
    .description(description)
    .option('--json', 'one line of JSON on stdout')
    .option('--trust <host...>', 'hosts of your own that the key may be sent to')
    .helpOption('--help', 'show this text')
    .allowExcessArguments(false)
}

type Named = RegistryFlags & { readonly name?: string }

function addLooks(program: Command, io: CommandIo, answer: (given: Answer) => void): void {
  add(program, 'list <registry>', 'models, their versions, stages and scores')
    .option('--name <name>', 'only this model')
    .action(async (registry: string, flags: Named) => {
      answer(await (await import('./look.ts')).list(registry, flags, io))
    })
  add(program, 'show <registry> <model>', 'one version: NAME, NAME@VERSION or NAME@production').action(
    async (registry: string, model: string, flags: RegistryFlags) => {
      answer(await (await import('./look.ts')).show(registry, model, flags, io))
    },
  )
  add(program, 'history <registry> <name>', 'every promotion and rollback: who, when, why').action(
    async (registry: string, name: string, flags: RegistryFlags) => {
      answer(await (await import('./look.ts')).history(registry, name, flags, io))
    },
  )
  add(program, 'verify <registry>', 'read every version and check its digests; changes nothing')
    .option('--name <name>', 'only this model')
    .action(async (registry: string, flags: Named) => {
      answer(await (await import('./look.ts')).verify(registry, flags, io))
    })
  add(program, 'copy <from> <to>', 'copy versions, stages and retirements; call it again to resume')
    .option('--name <name>', 'only this model')
    .action(async (from: string, to: string, flags: Named) => {
      answer(await (await import('./change.ts')).copy(from, to, flags, io))
    })
}

function addChanges(program: Command, io: CommandIo, answer: (given: Answer) => void): void {
  const withReason = (command: Command): Command =>
    command
      .requiredOption('--reason <text>', 'why; kept in the history')
      .option('--by <who>', 'who does it; default: the user who is logged in')
  const withStage = (command: Command): Command =>
    withReason(command)
      .option('--stage <stage>', 'production or candidate', 'production')
      .option('--expected <version>', 'refuse unless this version (or none) holds the stage')
  withStage(add(program, 'promote <registry> <model>', 'give a stage to NAME@VERSION')).action(
    async (registry: string, model: string, flags: StageFlags) => {
      answer(await (await import('./change.ts')).promote(registry, model, flags, io))
    },
  )
  withStage(add(program, 'rollback <registry> <name>', 'give a stage back to the version before')).action(
    async (registry: string, name: string, flags: StageFlags) => {
      answer(await (await import('./change.ts')).rollback(registry, name, flags, io))
    },
  )
  withReason(add(program, 'retire <registry> <model>', 'take NAME@VERSION out of use, for good')).action(
    async (registry: string, model: string, flags: ChangeFlags) => {
      answer(await (await import('./change.ts')).retire(registry, model, flags, io))
    },
  )
}

function usageError(error: CommanderError) {
  const message = error.message.replace(/^error: /, '').replaceAll('\n', ' ')
  const said = error.code === 'commander.help' ? 'A command is missing' : message
  return badArguments(
    said,
    'Usage: airq-registry list|show|history|verify|copy|promote|rollback|retire REGISTRY …; see airq-registry --help.',
  )
}
