import { everyday, secretsOf } from '../local/job-environment.ts'
import { localRunner, type LocalRunnerOptions } from '../local/local-runner.ts'
import { shellCommand } from '../quoting.ts'
import type { JobRunner } from '../types.ts'

export interface ProcessRunnerOptions extends LocalRunnerOptions {
  /** Where jobs run. Default: where the submitter does. */
  readonly directory?: string
}

/**
 * Runs jobs as processes of this machine, through `/bin/sh -c`, with no more of the submitter's environment than they
 * name and every program needs. A job outlives its submitter, and is found again by its name.
 */
export function processRunner(options: ProcessRunnerOptions): JobRunner {
  const { env, inherit, directory } = options
  return localRunner(
    {
      kind: 'process',
      directory,
      plan: (spec) => {
        const secrets = secretsOf(spec, env)
        return Promise.resolve({
          command: shellCommand(spec.command),
          env: { ...everyday(env, inherit), ...spec.environment, ...secrets },
        })
      },
    },
    options,
  )
}
