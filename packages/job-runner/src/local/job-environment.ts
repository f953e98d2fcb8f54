import { JobRunnerError } from '../errors.ts'
import type { JobSpec } from '../types.ts'
import type { Environment } from './local-runner.ts'

/** What programs need to run at all, to speak the user's language, and to reach the network. No secrets. */
const EVERYDAY = [
  'PATH',
  'HOME',
  'USER',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'].flatMap((name) => [name, name.toLowerCase()]),
]

/** The named variables of an environment that are set, and the everyday ones. */
export function everyday(env: Environment, more: readonly string[] = []): Record<string, string> {
  const taken: Record<string, string> = {}
  for (const name of [...EVERYDAY, ...more]) {
    const value = env[name]
    if (value !== undefined) taken[name] = value
  }
  return taken
}

/**
 * A job's secrets, from the submitter's environment: `@env:NAME` from NAME, `@kv:…` from the variable that the job
 * reads it from.
 * @throws JobRunnerError `no-secret`, naming all that are missing
 */
export function secretsOf({ secrets = {} }: JobSpec, env: Environment): Record<string, string> {
  const values: Record<string, string> = {}
  const missing: string[] = []
  for (const [variable, reference] of Object.entries(secrets)) {
    const source = reference.startsWith('@env:') ? reference.slice('@env:'.length) : variable
    const value = env[source]
    if (value === undefined || value === '') missing.push(source)
    else values[variable] = value
  }
  if (missing.length === 0) return values
  throw new JobRunnerError('no-secret', `The job needs ${missing.join(', ')} in the environment.`, {
    fault: 'input',
    where: missing[0],
    hint: 'Set them where the job is submitted; they are passed on by name.',
  })
}
