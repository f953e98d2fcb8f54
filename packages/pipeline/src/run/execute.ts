import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CommandDefinition } from '../command/define-command.ts'
import { writeText } from '../command/command-io.ts'
import type { CommandIo } from '../command/command-io.ts'
import type { OptionName } from '../command/options.ts'
import type { RunRequest } from '../command/parse-arguments.ts'
import { describeError, errorLines, withoutControls } from '../describe-error.ts'
import type { DescribedError } from '../describe-error.ts'
import { UserError } from '../errors.ts'
import type { Logger, RunWarning, StageResult } from '../types.ts'
import { ProgressLine, showsProgress } from '../terminal/progress.ts'
import { paint, wantsColour } from '../terminal/terminal.ts'
import { createLogger } from './logger.ts'
import { openContext } from './open-context.ts'
import type { Closable, OpenedContext } from './open-context.ts'
import { recordJob } from './record-job.ts'
import { Redactor } from './redactor.ts'
import { located, outputFailed } from './located.ts'
import { summaryLine } from './summary.ts'
import type { Outcome } from './summary.ts'
import { supervise } from './supervision.ts'

/** How long an impatient user waits at most. */
const CLOSING_MS = 300

type Ending =
  | { readonly kind: 'done'; readonly result: StageResult }
  | { readonly kind: 'failed'; readonly error: DescribedError }

/** Runs a parsed command, or reports why it could not be parsed; returns the exit code. */
export async function execute(
  command: CommandDefinition<readonly OptionName[]>,
  request: RunRequest | UserError,
  { json, io }: { readonly json: boolean; readonly io: CommandIo },
): Promise<number> {
  const run = new Run(command, request, json, io)
  const supervision = supervise({
    onFirstSignal: (name) => {
      run.logger.info(`${name}: stopping; once more stops at once`)
    },
    onSecondSignal: (reason) => {
      void run.report({ kind: 'failed', error: run.located(describeError(reason)) }).then(async (code) => {
        // What others wait for, a lease above all, is given back if that is a matter of a moment.
        await Promise.race([run.closeAll(), sleep(CLOSING_MS)])
        io.exit(code)
      })
    },
  })

  let opened: OpenedContext | undefined
  const work = async (): Promise<Ending> => {
    if (request instanceof UserError) throw request
    const { vaultCredential } = command
    const identity = { ...run.forContext, vaultCredential, signal: supervision.signal }
    opened = await openContext(request, identity, io)
    const stage = await command.load()
    const result = await stage(opened.context, request.options)
    // What cannot be written as JSON is a defect, and better found before success is told.
    JSON.stringify(result.summary)
    return { kind: 'done', result }
  }
  const ending = await Promise.race([work(), supervision.crashed]).catch((error: unknown): Ending => {
    // After a signal, whatever a stage makes of it is the interruption.
    return {
      kind: 'failed',
      error: run.located(describeError(supervision.signal.aborted ? supervision.signal.reason : error)),
    }
  })
  if (opened !== undefined && !(request instanceof UserError) && !supervision.hasCrashed()) {
    await recordJob({ request, opened, summary: run.summary(ending) })
  }
  await run.closeAll()
  supervision.stop()
  const code = await run.report(ending)
  // What else the process was about is unknown after an error nobody caught.
  if (supervision.hasCrashed()) io.exit(code)
  return code
}

/** The facts of one run, and how they are told. */
class Run {
  readonly logger: Logger
  readonly #progress: ProgressLine
  readonly #runId = randomUUID()
  readonly #warnings: RunWarning[] = []
  readonly #resources: Closable[] = []
  readonly #startedAt: number
  readonly #pipeline: string
  /** Where an error is that names no place of its own. */
  readonly #place: string
  readonly #json: boolean
  readonly #debug: boolean
  readonly #degradedExit: number
  readonly #redactor = new Redactor()
  readonly #io: CommandIo
  #exitCode: number | null = null

  constructor(
    command: CommandDefinition<readonly OptionName[]>,
    request: RunRequest | UserError,
    json: boolean,
    io: CommandIo,
  ) {
    const level = request instanceof UserError ? 'info' : request.common.logLevel
    this.#startedAt = io.clock.now()
    this.#pipeline = command.pipeline
    this.#place = request instanceof UserError ? `the arguments of ${command.bin}` : request.configPath
    this.#json = json
    this.#debug = level === 'debug' || level === 'trace'
    this.#degradedExit = request instanceof UserError ? 3 : request.options.degradedExit
    this.#io = io
    const shown = showsProgress(io.stderr, io.env, { json, logLevel: level })
    this.#progress = new ProgressLine(io.stderr, io.clock, shown)
    this.logger = createLogger(
      {
        level,
        json,
        before: this.#progress.clear,
        base: { pipeline: command.pipeline, runId: this.#runId },
        redact: this.#redactor.redact,
      },
      io,
    )
  }

  get forContext() {
    return {
      runId: this.#runId,
      pipeline: this.#pipeline,
      logger: this.logger,
      progress: this.#progress.start,
      redactor: this.#redactor,
      keep: (resource: Closable) => {
        this.#resources.push(resource)
      },
      warn: (code: string, message: string) => {
        this.#warnings.push({ code, message })
        this.logger.warn(message, { code })
      },
    }
  }

  /** In reverse order of opening. What the run has written is safe by then: a failure is a warning. */
  async closeAll(): Promise<void> {
    for (const resource of this.#resources.splice(0).reverse()) {
      try {
        await resource.close()
      } catch (error) {
        this.forContext.warn('close-failed', describeError(error).report.message)
      }
    }
  }

  /** Tells how the run ended, once: the first ending counts. */
  async report(ending: Ending): Promise<number> {
    if (this.#exitCode !== null) return this.#exitCode
    this.#exitCode = exitCodeOf(ending, this.#degradedExit)
    this.#progress.stop()
    if (ending.kind === 'failed') await this.#reportError(ending.error)
    const text = this.#json
      ? this.summary(ending)
      : ending.kind === 'done'
        ? withNewline(ending.result.text)
        : ''
    const failure = text === '' ? null : await writeText(this.#io.stdout, this.#redactor.redact(text))
    if (failure === null) return this.#exitCode
    await this.#reportError(outputFailed(failure))
    return 1
  }

  /** A line of JSON, without the secrets of the run. */
  summary(ending: Ending): string {
    const facts = {
      pipeline: this.#pipeline,
      runId: this.#runId,
      startedAt: this.#startedAt,
      endedAt: this.#io.clock.now(),
      warnings: this.#warnings,
    }
    const outcome: Outcome =
      ending.kind === 'done'
        ? { ok: true, degraded: ending.result.degraded ?? false, fields: ending.result.summary }
        : { ok: false, error: ending.error.report }
    return this.#redactor.redact(summaryLine(facts, outcome))
  }

  /** With the place and the way out that any error of this run has. */
  located(error: DescribedError): DescribedError {
    return located(error, this.#place)
  }

  async #reportError({ report, stack, causes = [] }: DescribedError): Promise<void> {
    const shown = this.#debug && stack !== undefined ? stack : null
    const because = this.#debug ? causes.map((cause) => `  because: ${withoutControls(cause)}`) : []
    if (this.#json) {
      this.logger.error(report.message, {
        ...report,
        ...(shown === null ? {} : { stack: shown }),
        ...(this.#debug && causes.length > 0 ? { causes } : {}),
      })
      return
    }
    const label = paint('red', 'error', wantsColour(this.#io.stderr, this.#io.env))
    const lines = [
      `${label}: ${errorLines(report).join('\n')}`,
      ...because,
      ...(shown === null ? [] : [shown]),
    ]
    await writeText(this.#io.stderr, this.#redactor.redact(`${lines.join('\n')}\n`))
  }
}

function exitCodeOf(ending: Ending, degradedExit: number): number {
  if (ending.kind === 'failed') return ending.error.exitCode
  return ending.result.degraded === true ? degradedExit : 0
}

function withNewline(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`
}
