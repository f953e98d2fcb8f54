import { Command, CommanderError } from 'commander'

import manifest from '../../package.json' with { type: 'json' }
import { FeatureStoreError } from '../errors.ts'
import type { Answer, CommandIo } from './main.ts'

const helpWidth = 80
/** That takes the making of rows, which a store knows nothing of. */
const CHECK_LEAKS =
  'Whether a store holds what was known too late is told by another command\nof airq, which reads the configuration: check-leaks config.yaml'
const ABOUT = `
Every command takes --json: one line of JSON on stdout, whatever the exit code.

Examples:
  $ airq-store describe .airq/feature-store.sqlite
  $ airq-store export .airq/feature-store.sqlite --group aqi_daily --out a.csv
  $ airq-store backup .airq/feature-store.sqlite backup.sqlite

Exit codes:
  0 done, 1 failed, 2 wrong input, 130 interrupted

Secrets:
  the key of Hopsworks, for a copy to it: HOPSWORKS_API_KEY in the environment

More: packages/feature-store/README.md

${CHECK_LEAKS}`

/**
 * Reads the command line and runs the command; `undefined` after `--help`.
 * @throws FeatureStoreError `bad-arguments`, and whatever the command meets
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
    throw badArguments(error)
  }
  return answer
}

function buildProgram(io: CommandIo, answer: (given: Answer) => void): Command {
  const program = new Command('airq-store')
    .description('Looks after a feature store: an SQLite file written by the pipelines.')
    .version(manifest.version, '--version', 'show the version')
    .helpOption('--help', 'show this text')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: () => undefined,
      getOutHelpWidth: () => helpWidth,
    })
    .addHelpText('after', ABOUT)
  const add = (usage: string, description: string): Command =>
    program
      .command(usage)
      .description(description)
      .option('--json', 'one line of JSON on stdout')
      .helpOption('--help', 'show this text')
      .allowExcessArguments(false)

  add('describe <store>', 'groups, rows, and what they span').action(async (store: string) => {
    answer(await (await import('./care.ts')).describe(store, io))
  })
  add('verify <store>', 'check the file, every row and its revisions; changes nothing').action(
    async (store: string) => {
      answer(await (await import('./care.ts')).verify(store, io))
    },
  )
  add('export <store>', 'write the rows of a group into a CSV or Parquet file')
    .requiredOption('--group <name>', 'the group, NAME or NAME@VERSION (newest version by default)')
    .requiredOption('--out <file>', 'a new file, .csv or .parquet')
    .option('--as-of <instant>', 'what the store held then, e.g. 2026-01-06T08:00:00Z')
    .action(async (store: string, options: { group: string; out: string; asOf?: string }) => {
      answer(await (await import('./transfer.ts')).exportGroup(store, options, io))
    })
  add('import <store> <file>', 'upsert the rows of a CSV or Parquet file; all of them are checked first')
    .option('--group <name>', 'the group, NAME or NAME@VERSION; an exported Parquet file names its own')
    .action(async (store: string, file: string, options: { group?: string }) => {
      answer(await (await import('./transfer.ts')).importFile(store, file, options, io))
    })
  add('copy <from> <to>', 'copy the rows of every group; call it again to resume')
    .addHelpText(
      'after',
      '\n<to> is a file, or hopsworks:PROJECT, with HOPSWORKS_API_KEY and HOPSWORKS_HOST\nin the environment.',
    )
    .option('--trust <host...>', 'hosts beside hopsworks.ai that the key may be sent to')
    .option('--poll-ms <n>', 'between two looks at a job of Hopsworks', '5000')
    .action(async (from: string, to: string, flags: CopyFlags) => {
      const { copyToHopsworks, isHopsworks } = await import('./copy-to-hopsworks.ts')
      const copied = isHopsworks(to)
        ? copyToHopsworks(from, to, flags, io)
        : (await import('./care.ts')).copy(from, to, io)
      answer(await copied)
    })
  add('compact <store>', 'remove old revisions, and rows of old events')
    .option('--group <name>', 'only this group, NAME or NAME@VERSION')
    .option('--history-before <when>', 'revisions replaced by then: an instant, or an age such as 90d')
    .option('--events-before <when>', 'rows of events before that; needs --group')
    .option('--vacuum', 'give the space back to the disk')
    .action(async (store: string, options: CompactFlags) => {
      answer(await (await import('./care.ts')).compact(store, options, io))
    })
  add('backup <store> <file>', 'copy a store, in use or not, into a new file').action(
    async (store: string, file: string) => {
      answer(await (await import('./care.ts')).backup(store, file, io))
    },
  )
  return program
}

export interface CopyFlags {
  readonly trust?: readonly string[]
  readonly pollMs: string
}

export interface CompactFlags {
  readonly group?: string
  readonly historyBefore?: string
  readonly eventsBefore?: string
  readonly vacuum?: true
}

function badArguments(error: CommanderError): FeatureStoreError {
  const message = error.message.replace(/^error: /, '').replaceAll('\n', ' ')
  const help = error.code === 'commander.help' ? 'A command is missing' : message
  return new FeatureStoreError('bad-arguments', help, {
    fault: 'input',
    where: /'(--?[\w-]+)/.exec(message)?.[1] ?? 'the arguments of airq-store',
    hint: message.includes("'check-leaks'")
      ? CHECK_LEAKS.replace('\n', ' ')
      : 'Usage: airq-store describe|verify|export|import|copy|compact|backup STORE …; see airq-store --help.',
  })
}
