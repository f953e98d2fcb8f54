import { readFile } from 'node:fs/promises'
import type { CommandIo } from '../command/command-io.ts'
import { UserError } from '../errors.ts'
import type { KeyVault } from './key-vault.ts'

/** A value and where it was. */
export interface Found {
  readonly value: string
  readonly where: string
  readonly onCommandLine?: boolean
}

interface Sources {
  readonly env: CommandIo['env']
  readonly vault: KeyVault
}

const REFERENCE = /^@[a-z]+:/
const IN_VAULT = '@kv:'

/** What begins like a reference is never a secret: no service's tokens do. */
export function isReference(text: string): boolean {
  return REFERENCE.test(text)
}

export function isVaultReference(text: string): text is `@kv:${string}` {
  return text.startsWith(IN_VAULT)
}

/**
 * The value of a flag: itself, or what it refers to.
 * @throws UserError `bad-secret`; see `KeyVault.secret`
 */
export async function fromFlag(name: string, flag: string, sources: Sources): Promise<Found> {
  if (flag.startsWith('@env:')) {
    const variable = flag.slice('@env:'.length)
    return fromVariable(`--${name} @env:${variable}`, sources.env[variable] ?? '', sources.vault)
  }
  if (flag.startsWith('@file:')) return fromFile(flag.slice('@file:'.length))
  if (isVaultReference(flag)) return fromVault(`--${name} ${flag}`, flag, sources.vault)
  const reference = REFERENCE.exec(flag)?.[0]
  if (reference !== undefined) {
    throw new UserError('bad-secret', `--${name} begins with ${reference}, which is no reference`, {
      hint: `Use @env:NAME, @file:PATH or @kv:NAME.`,
    })
  }
  return { value: flag, where: `--${name}`, onCommandLine: true }
}

/** The value of a variable: itself, or the secret of a Key Vault that it names. */
export async function fromVariable(where: string, value: string, vault: KeyVault): Promise<Found> {
  return isVaultReference(value) ? fromVault(where, value, vault) : { value, where }
}

export async function fromFile(path: string): Promise<Found> {
  const value = await readFile(path, 'utf8').catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    throw new UserError('bad-secret', `the file of the secret can't be read (${code})`, {
      where: path,
      hint: 'Name a file that holds the secret alone and that this user may read.',
    })
  })
  return { value, where: path }
}

async function fromVault(where: string, reference: `@kv:${string}`, vault: KeyVault): Promise<Found> {
  const value = await vault.secret(reference.slice(IN_VAULT.length))
  if (value !== undefined) return { value, where: `${where} ${reference}` }
  throw new UserError('bad-secret', `the Key Vault has no secret ${reference.slice(IN_VAULT.length)}`, {
    where,
    hint: 'Correct the name, or put the secret there.',
  })
}
