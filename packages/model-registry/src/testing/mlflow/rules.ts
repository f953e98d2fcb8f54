import { posix } from 'node:path'

import type { KeyValue } from './input.ts'
import { invalid } from './refusal.ts'

/** Limits of mlflow 3.17 (utils/validation.py). A value of a run beyond its limit is cut, not refused. */
export const limits = {
  experimentName: 500,
  key: 250,
  paramValue: 6000,
  runTagValue: 8000,
  registryTagValue: 100_000,
  alias: 255,
  datasetDigest: 36,
  metricsInBatch: 1000,
  paramsInBatch: 100,
  tagsInBatch: 100,
  batch: 1000,
  batchBytes: 1_000_000,
  registeredModelsPerPage: 1000,
  versionsPerPage: 200_000,
} as const

const keyPattern = /^[/\w.\- :]*$/

/** The key of a metric, parameter or tag; `path` as the message names it. */
export function checkKey(key: string, path = 'key'): void {
  if (!keyPattern.test(key)) {
    throw invalid(
      `Invalid value ${JSON.stringify(key)} for parameter '${path}' supplied: Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).`,
    )
  }
  if (isPathTrick(key))
    throw invalid(`Invalid value ${JSON.stringify(key)} for parameter '${path}' supplied.`)
  checkLength(path, key, limits.key)
}

export function checkLength(what: string, text: string, limit: number): void {
  if (text.length > limit) {
    throw invalid(`'${what}' exceeds the maximum length of ${String(limit)} characters`)
  }
}

export function checkRegistryTags(tags: readonly KeyValue[]): void {
  for (const { key, value } of tags) {
    checkKey(key)
    checkLength('value', value, limits.registryTagValue)
  }
}

export function checkModelName(name: string): void {
  if (/[/:]/.test(name)) throw invalid(`Invalid model name '${name}'. Names cannot contain '/' or ':'.`)
  if (isPathTrick(name)) throw invalid(`Invalid value ${JSON.stringify(name)} for parameter 'name' supplied.`)
}

/** @returns the number in a version, which is text on the wire */
export function versionNumber(version: string): number {
  if (/^\d+$/.test(version)) return Number(version)
  throw invalid(`Parameter 'version' must be an integer, got '${version}'.`)
}

export function checkAlias(alias: string): void {
  if (!/^[\w-]+$/.test(alias)) {
    throw invalid(
      `Invalid alias name: '${alias}'. Names may only contain alphanumerics, underscores (_), and dashes (-).`,
    )
  }
  checkLength('Registered model alias name', alias, limits.alias)
}

/** What may be read but not be set. */
export function checkAliasIsFree(alias: string): void {
  if (alias.toLowerCase() === 'latest') {
    throw invalid("'latest' alias name (case insensitive) is reserved.")
  }
  if (/^v\d+$/i.test(alias)) throw invalid(`Version alias name '${alias}' is reserved.`)
}

/**
 * A path below the artifacts' root, decoded as often as it was encoded; control characters stay encoded. A backslash
 * is a character as any other, as on Linux.
 * @throws Refusal for what leads elsewhere
 */
export function safePath(path: string): string {
  const decoded = fullyDecoded(path).replaceAll(/\p{Cc}/gu, encodeURIComponent)
  const absolute = decoded.startsWith('/') || /^[a-z]:[\\/]/i.test(decoded)
  if (decoded.includes('#') || absolute || decoded.split('/').includes('..')) throw invalid('Invalid path')
  return posix.normalize(decoded)
}

export function fullyDecoded(text: string): string {
  let [before, after] = ['', text]
  while (before !== after) [before, after] = [after, decodedOnce(after)]
  return after
}

function decodedOnce(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function isPathTrick(name: string): boolean {
  const plain = posix.normalize(name)
  return plain !== name || plain === '.' || plain.startsWith('..') || plain.startsWith('/')
}
