import {
  type CommandIo,
  describeError,
  errorLines,
  type ErrorReport,
  type RunRequest,
  writeText,
} from '@airq/pipeline'
import { Redactor, supervise, terminalOf } from '@airq/pipeline/inspect'
import type { CheckResult } from './check.ts'
import { examine } from './doctor.ts'
import { reportText } from './report.ts'
import { doctorSummary } from './summary.ts'

/** Examines, prints what was found, and returns the exit code. Never prints a stack. */
export async function examineAndTell(request: RunRequest, runId: string, io: CommandIo): Promise<number> {
  const redactor = new Redactor()
  const startedAt = io.clock.now()
  const supervision = supervise({
    onFirstSignal: () => undefined,
    onSecondSignal: () => {
      io.exit(130)
    },
  })
  const { common, options } = request
  try {
    const surroundings = { request, io, now: nowOf(common.now, startedAt), network: options.network }
    const examination = examine(surroundings, { runId, redactor, signal: supervision.signal })
    const { results, wrongInput } = await Promise.race([examination, supervision.crashed])
    const times = { runId, startedAt, endedAt: io.clock.now() }
    const text = common.json
      ? doctorSummary(results, times)
      : `${reportText(results, terminalOf(io.stdout, io.env))}\n`
    const failure = await writeText(io.stdout, redactor.redact(text))
    if (failure !== null) return 1
    if (wrongInput) return 2
    return results.some(({ status }) => status === 'failed') ? 1 : 0
  } catch (error) {
    const { report, exitCode } = describeError(supervision.signal.aborted ? supervision.signal.reason : error)
    await writeText(io.stderr, redactor.redact(`error: ${errorLines(report).join('\n')}\n`))
    if (common.json) {
      const times = { runId, startedAt, endedAt: io.clock.now() }
      await writeText(io.stdout, redactor.redact(doctorSummary([unfinished(report)], times)))
    }
    return exitCode
  } finally {
    supervision.stop()
  }
}

/** The examination itself, interrupted or broken. */
function unfinished({ message, where, hint = 'Run airq-doctor again.' }: ErrorReport): CheckResult {
  const next = { kind: 'do', text: hint } as const
  return { id: 'doctor', status: 'failed', message, where: where ?? 'airq-doctor', hint, next, durationMs: 0 }
}

/** An instant that is none is told by the examination. */
function nowOf(given: string | undefined, systemNow: number): number {
  const at = given === undefined ? Number.NaN : Date.parse(given)
  return Number.isNaN(at) ? systemNow : at
}
