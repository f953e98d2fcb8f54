import type { RunRequest } from '../command/parse-arguments.ts'
import { describeError } from '../describe-error.ts'
import type { RunContext } from '../types.ts'
import type { OpenedContext } from './open-context.ts'

/** Tells a pipeline the name of the job it runs in; where it is set, the run leaves its record in the store. */
export const JOB_VARIABLE = 'AIRQ_JOB_NAME'

export interface FinishedRun {
  readonly request: RunRequest
  readonly opened: OpenedContext
  /** A line of JSON, redacted. */
  readonly summary: string
}

/** What cannot be recorded is a warning: the run itself has ended as it has. */
export async function recordJob({ request, opened, summary }: FinishedRun): Promise<void> {
  const { context, openStoreApart } = opened
  const job = context.env[JOB_VARIABLE] ?? ''
  const { check, dryRun } = request.options
  if (job === '' || check || dryRun || context.signal.aborted) return
  try {
    const { lastRunKey, recordHints, writeRunRecord } = await import('./run-record.ts')
    const { pipeline } = JSON.parse(summary) as { readonly pipeline: string }
    const names = [job, lastRunKey(pipeline)]
    const { store, flush } = await openStoreApart(recordHints(names))
    const run = { job, whole: isWhole(request, context), endedAt: context.systemClock.now(), summary }
    await writeRunRecord(store, run, context.signal)
    await flush(context.signal)
  } catch (error) {
    const { message } = describeError(error).report
    context.warn('run-record-unwritten', `the record of this run could not be written: ${message}`)
  }
}

function isWhole({ options }: RunRequest, { config, allStations }: RunContext): boolean {
  return config.stations.length === allStations.length && options.decision === undefined
}
