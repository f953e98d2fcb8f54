import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { parseEnv } from 'node:util'
import type { CommandIo } from '../command/command-io.ts'
import type { StageOptions } from '../command/options.ts'
import { UserError } from '../errors.ts'
import type { Redactor } from './redactor.ts'

export type SecretName = 'aqi-token'

interface SecretRow {
  readonly what: string
  readonly variables: readonly string[]
  readonly literal: (options: StageOptions) => string | undefined
  readonly file: (options: StageOptions) => string | undefined
}

const SECRETS: Readonly<Record<SecretName, SecretRow>> = {
  'aqi-token': {
    what: 'the token of api.waqi.info (free, from aqicn.org/data-platform/token)',
    variables: ['AQI_TOKEN', 'WAQI_TOKEN'],
    literal: ({ aqiToken }) => aqiToken,
    file: ({ aqiTokenFile }) => aqiTokenFile,
  },
}

export interface SecretSources {
  readonly options: StageOptions
  readonly configPath: string
  readonly io: Pick<CommandIo, 'env' | 'stdin'>
  readonly redactor: Redactor
  readonly warn: (code: string, message: string) => void
}

/**
 * A secret, from the first of: its flag (a literal, `@env:NAME`, `@file:PATH`), its file flag, the environment,
 * a `.env` beside the configuration. From then on it is redacted wherever the run writes.
 * @throws UserError `no-secret`, `bad-secret`
 */
export async function findSecret(name: SecretName, sources: SecretSources): Promise<string> {
  const found = await lookUp(name, sources)
  const { what, variables } = SECRETS[name]
  if (found === undefined) {
    throw new UserError('no-secret', `${what} is needed`, {
      hint: `Set ${variables.join(' or ')} in the environment or in a .env beside the configuration, or use --${name}-file PATH.`,
    })
  }
  const value = found.value.trim()
  if (value === '' || /\p{Cc}/u.test(value)) {
    throw new UserError('bad-secret', `${what} is empty or has line breaks`, { where: found.where })
  }
  sources.redactor.add(value)
  return value
}

interface Found {
  readonly value: string
  readonly where: string
}

async function lookUp(name: SecretName, sources: SecretSources): Promise<Found | undefined> {
  const { literal, file, variables } = SECRETS[name]
  const flag = literal(sources.options)
  if (flag !== undefined) return fromFlag(name, flag, sources)
  const path = file(sources.options)
  if (path !== undefined) return path === '-' ? fromStdin(sources) : fromFile(path)
  const dotEnv = await readDotEnv(join(dirname(sources.configPath), '.env'))
  for (const [where, env] of [['the environment', sources.io.env] as const, ['.env', dotEnv] as const]) {
    for (const variable of variables) {
      const value = env[variable]
      if (value !== undefined && value !== '') return { value, where: `${variable} of ${where}` }
    }
  }
  return undefined
}

async function fromFlag(
  name: SecretName,
  flag: string,
  { io, redactor, warn }: SecretSources,
): Promise<Found> {
  if (flag.startsWith('@env:')) {
    const variable = flag.slice('@env:'.length)
    return { value: io.env[variable] ?? '', where: `--${name} @env:${variable}` }
  }
  if (flag.startsWith('@file:')) return fromFile(flag.slice('@file:'.length))
  redactor.add(flag)
  warn(
    'secret-on-command-line',
    `--${name} is seen by every user of this machine; use --${name}-file or the environment`,
  )
  return { value: flag, where: `--${name}` }
}

async function fromFile(path: string): Promise<Found> {
  const value = await readFile(path, 'utf8').catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    throw new UserError('bad-secret', `the file of the secret can't be read (${code})`, { where: path })
  })
  return { value, where: path }
}

async function fromStdin({ io }: SecretSources): Promise<Found> {
  return { value: await text(io.stdin), where: 'standard input' }
}

/** The variables of a `.env`; nothing but the secrets looked for is ever taken from it. */
async function readDotEnv(path: string): Promise<Readonly<Record<string, string | undefined>>> {
  try {
    return parseEnv(await readFile(path, 'utf8'))
  } catch {
    return {}
  }
}
