import type { ErrorReport } from '../describe-error.ts'
import type { RunWarning } from '../types.ts'

/** What `--json` prints of every run, before the stage's own fields. */
export interface RunFacts {
  readonly pipeline: string
  readonly runId: string
  /** Epoch ms. */
  readonly startedAt: number
  readonly endedAt: number
  readonly warnings: readonly RunWarning[]
}

export type Outcome =
  | {
      readonly ok: true
      readonly degraded: boolean
      readonly fields: Readonly<Record<string, unknown>>
    }
  | { readonly ok: false; readonly error: ErrorReport }

/** One line, with its end. */
export function summaryLine(facts: RunFacts, outcome: Outcome): string {
  const summary = {
    pipeline: facts.pipeline,
    ok: outcome.ok,
    degraded: outcome.ok && outcome.degraded,
    runId: facts.runId,
    startedAt: new Date(facts.startedAt).toISOString(),
    durationMs: Math.max(0, Math.round(facts.endedAt - facts.startedAt)),
    warnings: facts.warnings,
    ...(outcome.ok ? outcome.fields : { error: outcome.error }),
  }
  return `${JSON.stringify(summary)}\n`
}
