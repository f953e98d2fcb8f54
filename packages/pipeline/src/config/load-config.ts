import { createReadStream } from 'node:fs'
import { buffer } from 'node:stream/consumers'
import { UserError } from '../errors.ts'
import { problemsOf } from './config-problems.ts'
import { configSchema } from './schema.ts'
import type { Config } from './schema.ts'
import { checkAcrossEntries } from './station-checks.ts'
import { parseYaml } from './yaml-document.ts'
import type { Problem } from './yaml-document.ts'

const LARGEST_BYTES = 1024 * 1024
const MOST_PROBLEMS = 20

/**
 * Reads and checks a configuration.
 * @throws UserError `bad-config`, which names every problem with its line and column
 */
export async function loadConfig(path: string): Promise<Config> {
  return parseConfig(await readText(path), path)
}

/** @param fileName as it is to appear in problems */
export function parseConfig(text: string, fileName: string): Config {
  const document = parseYaml(text)
  if (document.problems.length > 0) throw badConfig(document.problems, fileName)
  const parsed = configSchema.safeParse(document.data)
  const problems = [
    ...(parsed.success ? [] : parsed.error.issues.flatMap((issue) => problemsOf(issue, document))),
    ...checkAcrossEntries(document),
  ]
  if (parsed.success && problems.length === 0) return parsed.data
  throw badConfig(problems, fileName)
}

function badConfig(found: readonly Problem[], fileName: string): UserError {
  const sorted = found.toSorted((a, b) => a.line - b.line || a.column - b.column)
  const problems = sorted.slice(0, MOST_PROBLEMS).map(({ line, column, message }) => ({
    where: [fileName, line, column].join(':'),
    message,
  }))
  const details = { problems }
  const [first] = problems
  if (first !== undefined && sorted.length === 1) {
    return new UserError('bad-config', first.message, { where: first.where, details })
  }
  const lines = problems.map(({ where, message }) => `  ${where} ${message}`)
  if (sorted.length > MOST_PROBLEMS) lines.push(`  … and ${String(sorted.length - MOST_PROBLEMS)} more`)
  const message = [`${fileName} has ${String(sorted.length)} problems:`, ...lines].join('\n')
  return new UserError('bad-config', message, { where: fileName, details })
}

async function readText(path: string): Promise<string> {
  let bytes: Buffer
  try {
    // One byte more than allowed tells that there is more.
    bytes = await buffer(createReadStream(path, { end: LARGEST_BYTES }))
  } catch (error) {
    throw unreadable(path, error)
  }
  if (bytes.length > LARGEST_BYTES) {
    throw new UserError('bad-config', `${path} is larger than 1 MB: not a configuration`, { where: path })
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new UserError('bad-config', `${path} is not UTF-8 text`, { where: path, cause })
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a directory',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
}

function unreadable(path: string, cause: unknown): UserError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
  return new UserError('bad-config', `the configuration ${path} cannot be read: ${REASONS[code] ?? code}`, {
    where: path,
    hint: 'Name a configuration file: the first argument of every command.',
    cause,
  })
}
