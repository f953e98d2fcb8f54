import { readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parseEnv } from 'node:util'
import { shellCommand } from '@airq/job-runner'
import { REMOTE_NAMES, SECRETS } from '@airq/pipeline/jobs'
import { type Check, type Finding, ok } from './check.ts'
import type { Surroundings } from './session.ts'

/** All that is ever taken from a `.env`. */
const TAKEN = [...Object.values(SECRETS), ...Object.values(REMOTE_NAMES)].flatMap(
  ({ variables }) => variables,
)

export function envFileOf({ request }: Surroundings): string {
  return join(dirname(request.configPath), '.env')
}

/** The `.env` beside the configuration: what it gives, and who else can read it. */
export function envFileCheck(surroundings: Surroundings): Check {
  const path = envFileOf(surroundings)
  return {
    id: 'env-file',
    where: path,
    run: async (): Promise<Finding> => {
      const found = await stat(path).catch(() => null)
      if (found === null) return ok('there is none beside the configuration, which is fine')
      const text = await readFile(path, 'utf8').catch(() => null)
      if (text === null) {
        return {
          status: 'failed',
          message: 'is there and cannot be read',
          hint: 'What it gives is missing to every command.',
          next: { kind: 'run', command: shellCommand(['chmod', '600', path]) },
        }
      }
      const given = Object.keys(parseEnv(text)).filter((name) => TAKEN.includes(name))
      const what = given.length === 0 ? 'nothing that airq takes from it' : given.join(', ')
      if (process.platform === 'win32' || (found.mode & 0o077) === 0) return ok(`gives ${what}`)
      return {
        status: 'warning',
        message: `gives ${what}; others can read it (mode ${(found.mode & 0o777).toString(8)})`,
        hint: 'Secrets are for their owner alone.',
        next: { kind: 'run', command: shellCommand(['chmod', '600', path]) },
      }
    },
  }
}
