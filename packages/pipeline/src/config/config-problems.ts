import type { z } from 'zod'
import { allKeys, formatPath, knownKeys, sectionsHolding } from './known-keys.ts'
import { adviceForOriginalKey, isOriginalSection } from './original-keys.ts'
import { nearest } from './suggestions.ts'
import type { Path, Problem, YamlDocument } from './yaml-document.ts'

/** Says in the words of the configuration what its schema objects to. */
export function problemsOf(issue: z.core.$ZodIssue, document: YamlDocument): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.flatMap((key) => unknownKey([...issue.path, key], document))
  }
  const value = valueAt(document.data, issue.path)
  const complaint = value === undefined ? 'is missing' : complaintOf(issue, value)
  return [problemAt(document, issue.path, 'value', complaint)]
}

export function problemAt(document: YamlDocument, path: Path, part: 'key' | 'value', text: string): Problem {
  const name = formatPath(path)
  return {
    ...document.positionOf(path, part),
    message: name === '' ? `the configuration ${text}` : `${name} ${text}`,
  }
}

export function valueAt(data: unknown, path: Path): unknown {
  let value = data
  for (const segment of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return undefined
    value = Reflect.get(value, segment)
  }
  return value
}

/** A value as it may be repeated in a message: short and without control characters. */
export function quoted(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'a mapping'
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value !== 'string') return 'nothing'
  const text = JSON.stringify(value)
  return text.length > 42 ? `${text.slice(0, 40)}…` : text
}

function unknownKey(path: Path, document: YamlDocument): Problem[] {
  const key = String(path.at(-1))
  const value = valueAt(document.data, path)
  if (isOriginalSection(key) && typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const keys = Object.keys(value)
    if (keys.length > 0) return keys.flatMap((inner) => unknownKey([...path, inner], document))
  }
  return [
    problemAt(document, path, 'key', `is not a key of the configuration${adviceForKey(path, key, document)}`),
  ]
}

function adviceForKey(path: Path, key: string, document: YamlDocument): string {
  const parent = path.slice(0, -1)
  const siblings = knownKeys(parent, valueAt(document.data, [...parent, 'kind']))
  const sibling = nearest(key, siblings)
  if (sibling !== null) return `; did you mean "${sibling}"?`
  const moved = adviceForOriginalKey(key) ?? adviceForOriginalKey(formatPath(parent))
  if (moved !== null) return `; ${moved}`
  const elsewhere = sectionsHolding(nearest(key, allKeys()) ?? '')
  if (elsewhere.length > 0) return `; did you mean ${elsewhere.map((name) => `"${name}"`).join(' or ')}?`
  return siblings.length === 0 ? '' : `; here are allowed: ${siblings.join(', ')}`
}

function complaintOf(issue: z.core.$ZodIssue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(issue.expected, value)
    case 'invalid_value':
      return notOneOf(issue.values, value)
    case 'invalid_union':
      return notOneOf(('options' in issue ? issue.options : undefined) ?? [], value)
    case 'too_small':
      return outOfRange(issue.origin, 'at least', String(issue.minimum), value)
    case 'too_big':
      return outOfRange(issue.origin, 'at most', String(issue.maximum), value)
    case 'invalid_format':
      return wrongFormat(issue, value)
    case 'custom':
    case 'invalid_element':
    case 'invalid_key':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      return issue.message
  }
}

function wrongFormat(issue: z.core.$ZodIssueInvalidStringFormat, value: unknown): string {
  // Not repeated: an address may hold a password.
  if (issue.format === 'url') return 'must be a whole http address, such as https://example.org'
  if (issue.format === 'date') return `must be a day such as 2022-08-01, not ${quoted(value)}`
  if (issue.path.at(-1) === 'feed') {
    return `must be a station such as "@1451" or "A372382", or a city's name, not ${quoted(value)}`
  }
  if (issue.format === 'guid') return `must be the client id of a managed identity, not ${quoted(value)}`
  if (issue.path.at(-1) === 'user') return `must be a number or two, such as 1000:1000, not ${quoted(value)}`
  return `must be 1 to 40 of a–z, 0–9 and "-", not ${quoted(value)}`
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  object: 'a mapping',
  array: 'a list',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
}

function wrongType(expected: string, value: unknown): string {
  const isUnquoted = expected === 'string' && (typeof value === 'number' || typeof value === 'boolean')
  const advice = isUnquoted ? ': put it in quotes' : ''
  return `must be ${TYPE_NAMES[expected] ?? expected}, not ${quoted(value)}${advice}`
}

function notOneOf(allowed: readonly unknown[], value: unknown): string {
  const names = allowed.map(String)
  const close = typeof value === 'string' ? nearest(value, names) : null
  const list = names.length === 1 ? `must be ${names.join()}` : `must be one of ${names.join(', ')}`
  return `${list}, not ${quoted(value)}${close === null ? '' : `; did you mean "${close}"?`}`
}

function outOfRange(origin: string, bound: string, limit: string, value: unknown): string {
  if (origin === 'array') return `must have ${bound} ${limit} ${limit === '1' ? 'entry' : 'entries'}`
  if (origin === 'string')
    return value === '' || limit === '1' ? 'must not be empty' : `must have ${bound} ${limit} characters`
  return `must be ${bound} ${limit}, not ${quoted(value)}`
}
