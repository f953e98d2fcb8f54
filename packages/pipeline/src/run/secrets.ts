import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { parseEnv } from 'node:util'
import type { CommandIo } from '../command/command-io.ts'
import type { StageOptions } from '../command/options.ts'
import { UserError } from '../errors.ts'
import type { KeyVault } from './key-vault.ts'
import type { Redactor } from './redactor.ts'
import { type Found, fromFile, fromFlag, fromVariable, isReference, isVaultReference } from './references.ts'
import { type GivenRow, REMOTE_NAMES, type RemoteName, type SecretName, SECRETS } from './secret-table.ts'

export interface SecretSources {
  readonly options: StageOptions
  readonly configPath: string
  readonly io: Pick<CommandIo, 'env' | 'stdin'>
  readonly redactor: Redactor
  readonly vault: KeyVault
  readonly warn: (code: string, message: string) => void
}

/** Used or not, what stands on the command line is not repeated. */
export function redactLiterals(options: StageOptions, redactor: Redactor): void {
  for (const { flag } of Object.values(SECRETS)) {
    const literal = flag?.(options)
    if (literal !== undefined && !isReference(literal)) redactor.add(literal)
  }
}

/** How a secret is given. */
export type GivenAs =
  | { readonly kind: 'reference'; readonly reference: `@kv:${string}` }
  /** On the command line. */
  | { readonly kind: 'literal'; readonly value: string }
  /** On this machine: in a file or a variable. */
  | { readonly kind: 'here'; readonly by: 'flag' | 'variable'; readonly where: string }

/**
 * Secrets and names of one run. Each comes from the first of: its flag (a literal, `@env:NAME`, `@file:PATH`,
 * `@kv:NAME`), its file flag, the environment, a `.env` beside the configuration; a secret that is needed also from
 * the Key Vault of the run, under the name of its variable with dashes. Variables may hold `@kv:NAME` too. A secret
 * is redacted from then on.
 */
export class Givens {
  readonly #sources: SecretSources
  readonly #secrets = new Map<SecretName, Promise<string | undefined>>()
  #stdinIsFor: string | undefined

  constructor(sources: SecretSources) {
    this.#sources = sources
  }

  /** @throws UserError `no-secret`, `bad-secret` */
  async secret(name: SecretName): Promise<string> {
    const value = await this.optionalSecret(name)
    if (value === undefined) throw missing('no-secret', name, SECRETS[name])
    return value
  }

  /** A secret that a run can do without. @throws as `secret`, but never `no-secret` */
  async optionalSecret(name: SecretName): Promise<string | undefined> {
    return (await this.secretIfGiven(name)) ?? (await this.#inVault(name))
  }

  /** Reads no file and asks no vault. */
  async givenAs(name: SecretName): Promise<GivenAs | undefined> {
    const { options, io } = this.#sources
    const { flag, fileFlag, variables } = SECRETS[name]
    const value = flag?.(options)
    if (value !== undefined) {
      if (isVaultReference(value)) return { kind: 'reference', reference: value }
      return isReference(value)
        ? { kind: 'here', by: 'flag', where: `--${name} ${value}` }
        : { kind: 'literal', value }
    }
    if (fileFlag?.(options) !== undefined) return { kind: 'here', by: 'flag', where: `--${name}-file` }
    const found = await this.#variable(variables, io.env)
    if (found === undefined) return undefined
    return isVaultReference(found.value)
      ? { kind: 'reference', reference: found.value }
      : { kind: 'here', by: 'variable', where: found.where }
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
    return found === undefined ? undefined : checked(row, found)
  }

  async #lookUp(name: string, { flag, fileFlag, variables }: GivenRow): Promise<Found | undefined> {
    const { options, io, vault } = this.#sources
    const literal = flag?.(options)
    if (literal !== undefined) return fromFlag(name, literal, { env: io.env, vault })
    const path = fileFlag?.(options)
    if (path !== undefined) return path === '-' ? this.#fromStdin(name) : fromFile(path)
    const found = await this.#variable(variables, io.env)
    return found === undefined ? undefined : fromVariable(found.where, found.value, vault)
  }

  /** The first that is set, in the environment, then in a `.env`. */
  async #variable(variables: readonly string[], environment: CommandIo['env']): Promise<Found | undefined> {
    const dotEnv = await readDotEnv(join(dirname(this.#sources.configPath), '.env'))
    for (const [where, env] of [['the environment', environment] as const, ['.env', dotEnv] as const]) {
      for (const variable of variables) {
        const value = env[variable]?.trim() ?? ''
        if (value !== '') return { value, where: `${variable} of ${where}` }
      }
    }
    return undefined
  }

  async #inVault(name: SecretName): Promise<string | undefined> {
    const { vault, redactor } = this.#sources
    const [variable = name] = SECRETS[name].variables
    const found = vault.isNamed ? await vault.secret(variable.replaceAll('_', '-')) : undefined
    if (found === undefined) return undefined
    const { value } = checked(SECRETS[name], { value: found, where: 'the Key Vault' })
    redactor.add(value)
    return value
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

/** @throws UserError `bad-secret` */
function checked({ what }: GivenRow, found: Found): Found {
  const value = found.value.trim()
  if (value === '' || /\p{Cc}/u.test(value)) {
    throw new UserError('bad-secret', `${what} is empty or has line breaks`, {
      where: found.where,
      hint: 'Give it whole, in one line.',
    })
  }
  if (isReference(value)) {
    throw new UserError('bad-secret', `${what} is said to be elsewhere, where that is not looked up`, {
      where: found.where,
      hint: 'Put the value there itself; a variable may also hold @kv:NAME.',
    })
  }
  return { ...found, value }
}

function missing(code: 'no-secret' | 'no-name', name: string, row: GivenRow): UserError {
  const { what, variables, flag, fileFlag, configKey } = row
  const ways = [
    `set ${variables.join(' or ')} in the environment or in a .env beside the configuration`,
    ...(fileFlag === undefined ? [] : [`use --${name}-file PATH (- is standard input)`]),
    ...(flag === undefined
      ? []
      : [`use --${name} ${fileFlag === undefined ? 'NAME, ' : ''}@env:NAME, @file:PATH or @kv:NAME`]),
    ...(configKey === undefined ? [] : [`write it into the configuration as ${configKey}`]),
  ]
  const hint = `${ways.join('; or ')}.`
  return new UserError(code, `${what} is needed`, { hint: hint.charAt(0).toUpperCase() + hint.slice(1) })
}

/** The variables of a `.env`; nothing but what is looked for is ever taken from it. */
async function readDotEnv(path: string): Promise<Readonly<Record<string, string | undefined>>> {
  try {
    return parseEnv(await readFile(path, 'utf8'))
  } catch {
    return {}
  }
}
