import { ModelRegistryError } from './errors.ts'
import type { ModelRef } from './types.ts'

const namePattern = /^[a-z0-9][a-z0-9_.-]{0,99}$/
const versionPattern = /^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})$/

export const firstVersion = '1.0.0'

/** @throws ModelRegistryError `bad-name` */
export function checkName(name: string): void {
  if (isName(name)) return
  throw new ModelRegistryError('bad-name', `"${name}" is not a model name.`, {
    fault: 'input',
    where: name,
    hint: 'Use 1 to 100 of a-z, 0-9, "-", "_" and ".", starting with a letter or digit.',
  })
}

export function isName(name: string): boolean {
  return namePattern.test(name)
}

/** @throws ModelRegistryError `bad-name` */
export function checkVersion(version: string): void {
  if (isVersion(version)) return
  throw new ModelRegistryError('bad-name', `"${version}" is not a model version.`, {
    fault: 'input',
    where: version,
    hint: 'Use MAJOR.MINOR.PATCH, for example 1.4.0.',
  })
}

export function isVersion(version: string): boolean {
  return versionPattern.test(version)
}

/** Semantic order: `1.9.0` before `1.10.0`. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbersOf(a), numbersOf(b)]
  return left.major - right.major || left.minor - right.minor || left.patch - right.patch
}

export function nextMinor(version: string): string {
  const { major, minor } = numbersOf(version)
  return `${String(major)}.${String(minor + 1)}.0`
}

/** `beijing-evening 1.4.0` */
export function label({ name, version }: ModelRef): string {
  return `${name} ${version}`
}

function numbersOf(version: string): { major: number; minor: number; patch: number } {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
  return { major, minor, patch }
}
