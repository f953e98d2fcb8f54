import { UserError } from '../errors.ts'
import { problemsOf } from './config-problems.ts'
import { readConfigText } from './config-text.ts'
import { configSchema } from './schema.ts'
import type { Config } from './schema.ts'
import { checkAcrossEntries } from './station-checks.ts'
import { parseYaml } from './yaml-document.ts'
import type { Problem } from './yaml-document.ts'

const MOST_PROBLEMS = 20

/**
 * Reads and checks a configuration.
 * @throws UserError `bad-config`, which names every problem with its line and column
 */
export async function loadConfig(path: string): Promise<Config> {
  return parseConfig((await readConfigText(path)).text, path)
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

const CORRECT =
  'Correct what is named; every key is explained in the config.yaml at the root of the repository.'

function badConfig(found: readonly Problem[], fileName: string): UserError {
  const sorted = found.toSorted((a, b) => a.line - b.line || a.column - b.column)
  const problems = sorted.slice(0, MOST_PROBLEMS).map(({ line, column, message }) => ({
    where: [fileName, line, column].join(':'),
    message,
  }))
  const details = { problems }
  const [first] = problems
  if (first !== undefined && sorted.length === 1) {
    return new UserError('bad-config', first.message, { where: first.where, hint: CORRECT, details })
  }
  const lines = problems.map(({ where, message }) => `  ${where} ${message}`)
  if (sorted.length > MOST_PROBLEMS) lines.push(`  … and ${String(sorted.length - MOST_PROBLEMS)} more`)
  const message = [`${fileName} has ${String(sorted.length)} problems:`, ...lines].join('\n')
  return new UserError('bad-config', message, { where: fileName, hint: CORRECT, details })
}
