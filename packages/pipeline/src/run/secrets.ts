import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { parseEnv } from 'node:util'
import type { CommandIo } from '../command/command-io.ts'
import type { StageOptions } from '../command/options.ts'
import { UserError } from '../errors.ts'
import type { Redactor } from './redactor.ts'
import { type GivenRow, REMOTE_NAMES, type RemoteName, type SecretName, SECRETS } from './secret-table.ts'

export interface SecretSources {
  readonly options: StageOptions
  readonly configPath: string
  readonly io: Pick<CommandIo, 'env' | 'stdin'>
  readonly redactor: Redactor
  readonly warn: (code: string, message: string) => void
}

/**
 * Secrets and names of one run. Each comes from the first of: its flag (a literal, `@env:NAME`, `@file:PATH`), its
 * file flag, the environment, a `.env` beside the configuration. A secret is redacted from then on.
 */
export class Givens {
  readonly #sources: SecretSources
  readonly #secrets = new Map<SecretName, Promise<string | undefined>>()
  #stdinIsFor: string | undefined

  constructor(sources: SecretSources) {
    this.#sources = sources
    // Used or not, what stands on the command line is not repeated.
    for (const { flag } of Object.values(SECRETS)) {
      const literal = flag?.(sources.options)
      if (literal !== undefined && !literal.startsWith('@')) sources.redactor.add(literal)
    }
  }

  /** @throws UserError `no-secret`, `bad-secret` */
  async secret(name: SecretName): Promise<string> {
    const value = await this.secretIfGiven(name)
    if (value === undefined) throw missing('no-secret', name, SECRETS[name])
    return value
  }

  /** @throws UserError `bad-secret` */
  secretIfGiven(name: SecretName): Promise<string | undefined> {
    const known = this.#secrets.get(name)
    if (known !== undefined) return known
    const found = this.#find(name, SECRETS[name]).then((given) => {
      if (given !== undefined) this.#sources.redactor.add(given.value)
      if (given?.onCommandLine === true) {
        this.#sources.warn(
          'secret-on-command-line',
          `--${name} is seen by every user of this machine; use --${name}-file or the environment`,
        )
      }
      return given?.value
    })
    this.#secrets.set(name, found)
    return found
  }

  /**
   * @param configured what the configuration says
   * @throws UserError `no-name`, `bad-secret`
   */
  async name(name: RemoteName, configured: string | undefined): Promise<string> {
    const value = (await this.nameIfGiven(name)) ?? configured
    if (value === undefined) throw missing('no-name', name, REMOTE_NAMES[name])
    return value
  }

  /** @throws UserError `bad-secret` */
  async nameIfGiven(name: RemoteName): Promise<string | undefined> {
    return (await this.#find(name, REMOTE_NAMES[name]))?.value
  }

  async #find(name: string, row: GivenRow): Promise<Found | undefined> {
    const found = await this.#lookUp(name, row)
    if (found === undefined) return undefined
    const value = found.value.trim()
    if (value === '' || /\p{Cc}/u.test(value)) {
      throw new UserError('bad-secret', `${row.what} is empty or has line breaks`, { where: found.where })
    }
    return { ...found, value }
  }

  async #lookUp(name: string, { flag, fileFlag, variables }: GivenRow): Promise<Found | undefined> {
    const { options, configPath, io } = this.#sources
    const literal = flag?.(options)
    if (literal !== undefined) return fromFlag(name, literal, io.env)
    const path = fileFlag?.(options)
    if (path !== undefined) return path === '-' ? this.#fromStdin(name) : fromFile(path)
    const dotEnv = await readDotEnv(join(dirname(configPath), '.env'))
    for (const [where, env] of [['the environment', io.env] as const, ['.env', dotEnv] as const]) {
      for (const variable of variables) {
        const value = env[variable]
        if (value !== undefined && value !== '') return { value, where: `${variable} of ${where}` }
      }
    }
    return undefined
  }

  async #fromStdin(name: string): Promise<Found> {
    const taken = this.#stdinIsFor
    if (taken !== undefined) {
      throw new UserError(
        'bad-secret',
        `standard input gives --${taken}-file already, not --${name}-file too`,
        {
          hint: 'Name a file for one of them.',
        },
      )
    }
    this.#stdinIsFor = name
    return { value: await text(this.#sources.io.stdin), where: 'standard input' }
  }
}

interface Found {
  readonly value: string
  readonly where: string
  readonly onCommandLine?: boolean
}

function missing(code: 'no-secret' | 'no-name', name: string, row: GivenRow): UserError {
  const { what, variables, flag, fileFlag, configKey } = row
  const ways = [
    `set ${variables.join(' or ')} in the environment or in a .env beside the configuration`,
    ...(fileFlag === undefined ? [] : [`use --${name}-file PATH (- is standard input)`]),
    ...(flag === undefined
      ? []
      : [`use --${name} ${fileFlag === undefined ? 'NAME, ' : ''}@env:NAME or @file:PATH`]),
    ...(configKey === undefined ? [] : [`write it into the configuration as ${configKey}`]),
  ]
  const hint = `${ways.join('; or ')}.`
  return new UserError(code, `${what} is needed`, { hint: hint.charAt(0).toUpperCase() + hint.slice(1) })
}

async function fromFlag(name: string, flag: string, env: CommandIo['env']): Promise<Found> {
  if (flag.startsWith('@env:')) {
    const variable = flag.slice('@env:'.length)
    return { value: env[variable] ?? '', where: `--${name} @env:${variable}` }
  }
  if (flag.startsWith('@file:')) return fromFile(flag.slice('@file:'.length))
  const reference = /^@[a-z]+:/.exec(flag)?.[0]
  if (reference !== undefined) {
    throw new UserError('bad-secret', `--${name} begins with ${reference}, which is no reference`, {
      hint: `Use @env:NAME or @file:PATH.`,
    })
  }
  return { value: flag, where: `--${name}`, onCommandLine: true }
}

async function fromFile(path: string): Promise<Found> {
  const value = await readFile(path, 'utf8').catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    throw new UserError('bad-secret', `the file of the secret can't be read (${code})`, { where: path })
  })
  return { value, where: path }
}

/** The variables of a `.env`; nothing but what is looked for is ever taken from it. */
async function readDotEnv(path: string): Promise<Readonly<Record<string, string | undefined>>> {
  try {
    return parseEnv(await readFile(path, 'utf8'))
  } catch {
    return {}
  }
}
