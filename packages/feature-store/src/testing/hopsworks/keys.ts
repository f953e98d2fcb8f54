import { Refusal } from './refusal.ts'
import type { State } from './state.ts'
import type { FakeKey, Scope } from './types.ts'

export interface Access {
  /** Any of these; none: open to every valid key. */
  readonly scopes: readonly Scope[]
  readonly roles?: readonly FakeKey['role'][]
}

/** Who asks. @throws Refusal as the API key filter does */
export function keyOf({ keys }: State, authorization: string | undefined): FakeKey {
  const [scheme, sent] = (authorization ?? '').split(' ')
  // A JWT of ours does not exist, so every Bearer token is a wrong one.
  if (scheme !== 'ApiKey' || sent === undefined) throw new Refusal(200003)
  const [prefix, secret] = sent.split('.')
  if (prefix === undefined || secret === undefined) throw new Refusal(320012)
  const key = keys.get(sent)
  if (key === undefined) {
    const known = [...keys.keys()].some((other) => other.startsWith(`${prefix}.`))
    throw new Refusal(known ? 320012 : 320013)
  }
  if (key.account === 'blocked') throw new Refusal(160007)
  if (key.account === 'deactivated') throw new Refusal(160005)
  return key
}

export function assertAccess(key: FakeKey, { scopes, roles }: Access): void {
  if (roles !== undefined && !roles.includes(key.role)) throw new Refusal(320003)
  if (scopes.length > 0 && !scopes.some((scope) => key.scopes.includes(scope))) {
    throw new Refusal(320004)
  }
}
