import { summaryLine } from '@airq/pipeline/inspect'
import { type CheckResult, nextText } from './check.ts'
import { firstStep } from './report.ts'

export interface Times {
  readonly runId: string
  /** Epoch ms. */
  readonly startedAt: number
  readonly endedAt: number
}

/** One line of JSON, as `schemas/doctor.json` says. */
export function doctorSummary(checks: readonly CheckResult[], times: Times): string {
  const facts = { pipeline: 'doctor', ...times, warnings: [] }
  const failed = checks.filter(({ status }) => status === 'failed')
  const [first] = failed
  const next = firstStep(checks)?.next ?? null
  const fields = { checks, next }
  if (first === undefined) return summaryLine(facts, { ok: true, degraded: false, fields })
  const { id, message, where } = first
  const error = {
    code: 'check-failed',
    message: `${String(failed.length)} of ${String(checks.length)} checks failed, the first: ${id}: ${message}`,
    where,
    ...(next === null ? {} : { hint: nextText(next) }),
  }
  const line = JSON.parse(summaryLine(facts, { ok: false, error })) as Readonly<Record<string, unknown>>
  return `${JSON.stringify({ ...line, ...fields })}\n`
}
