import { type Logger, type RunContext, UserError } from '@airq/pipeline'
import { openContext, readConfigText, type Redactor } from '@airq/pipeline/inspect'
import { vaultCredential } from '../vault-credential.ts'
import { type Check, type Finding, ok } from './check.ts'
import { configFindings } from './config.ts'
import type { Session, Surroundings } from './session.ts'

export interface ExamineOptions {
  readonly runId: string
  readonly signal: AbortSignal
  readonly redactor: Redactor
}

export interface Closable {
  close(): Promise<void>
}

export interface OpenedSession {
  /** What was found out about the configuration. */
  readonly check: Check
  /** Of a sound configuration. */
  readonly session?: Session
}

/** Reads the configuration: gives what the checks of it need, or all that is wrong with it. */
export async function openSession(
  surroundings: Surroundings,
  { runId, signal, redactor }: ExamineOptions,
  keep: (resource: Closable) => void,
): Promise<OpenedSession> {
  const { request, io } = surroundings
  const { configPath } = request
  const run = { runId, signal, redactor, keep, vaultCredential, ...SILENT }
  try {
    const { context } = await openContext(request, run, io)
    const redact = (value: string): void => {
      redactor.add(value)
    }
    return { check: configCheck(configPath, [told(context)]), session: { ...surroundings, context, redact } }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    const text = await readConfigText(configPath, io.env).then(
      (read) => read.text,
      () => null,
    )
    return { check: configCheck(configPath, configFindings(error, configPath, text)) }
  }
}

function told({ allStations, config }: RunContext): Finding {
  const { featureStore, modelRegistry, jobs } = config
  const stations = allStations.length === 1 ? '1 station' : `${String(allStations.length)} stations`
  return ok(`${stations}, store ${featureStore.kind}, registry ${modelRegistry.kind}, jobs ${jobs.kind}`)
}

function configCheck(where: string, findings: readonly Finding[]): Check {
  return { id: 'config', where, run: () => Promise.resolve(findings) }
}

const nothing = () => undefined
const QUIET: Logger = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing }
/** Checks tell what they find by themselves. */
const SILENT = {
  pipeline: 'doctor',
  logger: QUIET,
  progress: () => ({ isShown: false, at: nothing, [Symbol.dispose]: nothing }),
  warn: nothing,
} as const
