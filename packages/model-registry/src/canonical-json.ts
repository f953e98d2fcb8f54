import { createHash } from 'node:crypto'

import { ModelRegistryError } from './errors.ts'

export interface JsonLimits {
  /** Nested arrays and objects. */
  readonly depth: number
  /** Elements of one array. */
  readonly arrayLength: number
}

/** Far above what a model needs, far below what troubles a small machine. */
export const jsonLimits: JsonLimits = { depth: 32, arrayLength: 1_000_000 }

/**
 * One text for one value: keys in the order of their UTF-16 code units, no white space, numbers as ECMAScript
 * writes them (as RFC 8785 does). `what` names the value in errors.
 * @throws ModelRegistryError `bad-package` for what JSON cannot hold (NaN, undefined, a Date, …),
 * `package-too-large` beyond the limits
 */
export function canonicalJson(value: unknown, what = 'value', limits: JsonLimits = jsonLimits): string {
  return write(value, what, limits.depth, limits)
}

/** SHA-256 of bytes, or of a text in UTF-8, in hexadecimal. */
export function sha256Hex(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

/**
 * `JSON.parse` of a text whose nesting and array lengths were counted first.
 * @throws ModelRegistryError `bad-package` for what is not JSON, `package-too-large` beyond the limits
 */
export function parseJson(text: string, what: string, limits: JsonLimits = jsonLimits): unknown {
  checkLimits(text, what, limits)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ModelRegistryError('bad-package', `${what} is not JSON: ${(cause as SyntaxError).message}.`, {
      fault: 'input',
      where: what,
      hint: 'Restore it from a copy, or train again.',
      cause,
    })
  }
}

function write(value: unknown, what: string, depthLeft: number, limits: JsonLimits): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw notJson(what, String(value))
    return JSON.stringify(value)
  }
  if (typeof value !== 'object') throw notJson(what, typeof value)
  if (depthLeft === 0) throw tooLarge(what, `it is nested more than ${String(limits.depth)} deep`)
  if (Array.isArray(value)) {
    if (value.length > limits.arrayLength) throw tooLong(what, limits)
    // Array.from visits the holes of a sparse array, map would pass them over.
    const items = Array.from(value, (item, index) =>
      write(item, `${what}[${String(index)}]`, depthLeft - 1, limits),
    )
    return `[${items.join(',')}]`
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) throw notJson(what, value.constructor.name)
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${write(item, `${what}.${key}`, depthLeft - 1, limits)}`)
  return `{${members.join(',')}}`
}

/** Counts brackets and commas outside strings; whether it is JSON at all is left to `JSON.parse`. */
function checkLimits(text: string, what: string, limits: JsonLimits): void {
  const commas: number[] = []
  let inString = false
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]
    if (inString) {
      if (char === '\\') at += 1
      else if (char === '"') inString = false
    } else if (char === '"') {
      inString = true
    } else if (char === '[' || char === '{') {
      if (commas.push(0) > limits.depth) {
        throw tooLarge(what, `it is nested more than ${String(limits.depth)} deep`)
      }
    } else if (char === ']' || char === '}') {
      commas.pop()
    } else if (char === ',') {
      const count = (commas.pop() ?? 0) + 1
      if (count >= limits.arrayLength) throw tooLong(what, limits)
      commas.push(count)
    }
  }
}

function notJson(what: string, found: string): ModelRegistryError {
  return new ModelRegistryError('bad-package', `${what} is ${found}: JSON cannot hold that.`, {
    fault: 'input',
    where: what,
    hint: 'Use null, booleans, finite numbers, strings, arrays and plain objects.',
  })
}

function tooLong(what: string, { arrayLength }: JsonLimits): ModelRegistryError {
  return tooLarge(what, `it has a list of more than ${String(arrayLength)} elements`)
}

function tooLarge(what: string, why: string): ModelRegistryError {
  return new ModelRegistryError('package-too-large', `${what} is too large: ${why}.`, {
    fault: 'input',
    where: what,
    hint: 'Publish a smaller model.',
  })
}
