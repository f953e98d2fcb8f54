import { JobRunnerError } from './errors.ts'

/** What Azure ML takes for the name of a job or an environment. */
export const NAME_PATTERN = /^[a-zA-Z0-9][a-zA-Z0-9\-_]{0,254}$/

export interface JobNameParts {
  readonly app: string
  /** The logical run's instant, epoch ms; the minute counts. */
  readonly at: number
  /** Git commit; the first seven digits count. */
  readonly commit: string
  /** From 1. */
  readonly attempt: number
}

/**
 * `feature-app-20261123T2200Z-1a2b3c4-1`: the same run gives the same name, so that submitting it again finds it.
 * @throws JobRunnerError `bad-spec`
 */
export function jobName({ app, at, commit, attempt }: JobNameParts): string {
  const minute = Number.isFinite(at) ? new Date(at).toISOString().slice(0, 16).replaceAll(/[-:]/g, '') : ''
  const name = `${app}-${minute}Z-${commit.slice(0, 7)}-${String(attempt)}`
  if (minute === '' || !/^[0-9a-f]{7,}$/.test(commit) || !Number.isInteger(attempt) || attempt < 1) {
    throw new JobRunnerError('bad-spec', 'A job name needs an instant, a commit and an attempt from 1.', {
      fault: 'input',
      where: name,
      hint: 'Give a job a name of its own with --job-name.',
    })
  }
  return checkedName(name)
}

/** @throws JobRunnerError `bad-spec` */
export function checkedName(name: string): string {
  if (NAME_PATTERN.test(name)) return name
  throw new JobRunnerError('bad-spec', `${JSON.stringify(name.slice(0, 300))} can't be the name of a job.`, {
    fault: 'input',
    where: 'name',
    hint: 'Use letters, digits, - and _, a letter or digit first, 255 characters at most.',
  })
}
