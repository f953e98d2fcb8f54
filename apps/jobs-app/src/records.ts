import { describeError, type RunContext } from '@airq/pipeline'
import { readRunRecord, recordHints, type RunRecord } from '@airq/pipeline/jobs'

/** Records of jobs, by their names; those that are not there are left out. What cannot be read is a warning. */
export async function readRecords(
  context: RunContext,
  names: readonly string[],
): Promise<ReadonlyMap<string, RunRecord>> {
  const records = new Map<string, RunRecord>()
  try {
    const store = await context.openStore({ readOnly: true, ...recordHints(names) })
    for (const name of names) {
      const record = await readRunRecord(store, name, context.signal)
      if (record !== undefined) records.set(name, record)
    }
  } catch (error) {
    context.signal.throwIfAborted()
    const { code, message } = describeError(error).report
    if (code === 'no-store') return records
    context.warn('no-run-record', `what the jobs have told of themselves cannot be read: ${message}`)
  }
  return records
}
