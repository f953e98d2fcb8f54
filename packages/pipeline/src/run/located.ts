import { describeError, type DescribedError } from '../describe-error.ts'
import { PipelineError } from '../errors.ts'

/**
 * Every error tells where and what to do: one that names no place of its own is told of the run's, one without a hint
 * has a general one.
 */
export function located(error: DescribedError, place: string): DescribedError {
  const { report } = error
  const where = report.where ?? givenIn(error) ?? place
  return { ...error, report: { ...report, where, hint: report.hint ?? hintOf(error) } }
}

/** The flag or variable that wrong input names: `--now "x" is not an instant`. */
function givenIn({ report: { message }, exitCode }: DescribedError): string | undefined {
  return exitCode === 2 ? /(?<![\w-])--[a-z][\w-]*|\b[A-Z]{2,}(?:_[A-Z]+)+\b/.exec(message)?.[0] : undefined
}

function hintOf({ exitCode, retryable = false }: DescribedError): string {
  if (exitCode === 130) return 'Run it again: nothing is half-written.'
  if (retryable) return 'Run it again: it may have passed by then.'
  return exitCode === 2
    ? 'Correct it and run again; --help tells what the command takes.'
    : 'Run it again with --log-level debug to see what led to it.'
}

/** What was to be said cannot be written: a full disk, for one. */
export function outputFailed(failure: Error): DescribedError {
  return describeError(
    new PipelineError('output-failed', `stdout: ${failure.message}`, {
      where: 'stdout',
      hint: 'Make room where stdout goes, or send it elsewhere; what the run has written to the store stays.',
      cause: failure,
    }),
  )
}
