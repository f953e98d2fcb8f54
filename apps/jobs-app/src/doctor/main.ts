import { randomUUID } from 'node:crypto'
import {
  type CommandIo,
  defineCommand,
  describeError,
  errorLines,
  parseArguments,
  processIo,
  REGISTRY_OPTIONS,
  STORE_OPTIONS,
  UserError,
  wantsJson,
  writeText,
} from '@airq/pipeline'
import manifest from '../../package.json' with { type: 'json' }

const doctorCommand = defineCommand({
  bin: 'airq-doctor',
  pipeline: 'doctor',
  version: manifest.version,
  description:
    'Checks everything that a configuration needs: node, secrets, stations, clock, store, registry, Azure, freshness; tells what is wrong and the next step, and writes nothing.',
  examples: ['airq-doctor', 'airq-doctor config.yaml --no-network', 'airq-doctor config.yaml --json'],
  defaultConfig: 'config.yaml',
  options: ['aqiToken', 'aqiTokenFile', ...STORE_OPTIONS, ...REGISTRY_OPTIONS, 'station', 'network'],
  load: () => Promise.reject(new Error('the doctor runs no stage')),
})

/** Returns the exit code: 0 nothing fails, 1 something does, 2 the command line or the configuration is wrong. */
export async function airqDoctor(argv: readonly string[], io: CommandIo = processIo()): Promise<number> {
  let request
  try {
    request = parseArguments(doctorCommand, argv)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return wrongCommandLine(error, wantsJson(argv), io)
  }
  if (request.kind === 'text') return (await writeText(io.stdout, request.text)) === null ? 0 : 1
  // Only now what looks at things: `--help` does not wait for it.
  const { examineAndTell } = await import('./tell.ts')
  return examineAndTell(request, randomUUID(), io)
}

async function wrongCommandLine(error: UserError, json: boolean, io: CommandIo): Promise<number> {
  const { report } = describeError(error)
  const where = report.where ?? 'the arguments of airq-doctor'
  if (!json) {
    await writeText(io.stderr, `error: ${errorLines({ ...report, where }).join('\n')}\n`)
    return 2
  }
  const { doctorSummary } = await import('./summary.ts')
  const text = report.hint ?? 'Look at airq-doctor --help.'
  const next = { kind: 'do', text } as const
  const { message, hint = null } = report
  const results = [
    { id: 'command-line', status: 'failed', message, where, hint, next, durationMs: 0 } as const,
  ]
  const at = io.clock.now()
  await writeText(io.stdout, doctorSummary(results, { runId: randomUUID(), startedAt: at, endedAt: at }))
  return 2
}
