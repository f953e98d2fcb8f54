import { describeError } from '@airq/pipeline'
import type { Finding, Next } from './check.ts'
import { type Position, rewrittenLine } from './edit-line.ts'

interface Problem {
  /** `file:line:column` */
  readonly where: string
  readonly message: string
}

/** Every problem of a configuration that could not be read, each with its own step. */
export function configFindings(error: unknown, configPath: string, text: string | null): readonly Finding[] {
  const { report } = describeError(error)
  const problems = problemsOf(report.details)
  if (problems.length > 0) {
    return problems
      .filter((problem) => !isMisspelt(problem, problems))
      .map((problem) => findingOf(problem, configPath, text))
  }
  const { message, hint, where = report.code === 'bad-now' ? '--now' : configPath } = report
  const next: Next =
    text === null
      ? { kind: 'do', text: `Name a configuration: airq-doctor PATH (config.yaml is the one to begin with).` }
      : { kind: 'do', text: hint ?? 'Correct it, and run airq-doctor again.' }
  return [{ status: 'failed', message, where, next, ...(hint === undefined ? {} : { hint }) }]
}

function problemsOf(details: object | undefined): readonly Problem[] {
  const problems: unknown = details === undefined ? undefined : Reflect.get(details, 'problems')
  return Array.isArray(problems) ? (problems as readonly Problem[]) : []
}

/** Of a key that is missing because it is there under a wrong name: the name is what is to be put right. */
function isMisspelt({ message }: Problem, all: readonly Problem[]): boolean {
  const [, parent = '', key] = /^(.*?)([\w-]+) is missing$/.exec(message) ?? []
  if (key === undefined) return false
  return all.some(
    (other) => other.message.startsWith(parent) && other.message.endsWith(`did you mean "${key}"?`),
  )
}

function findingOf({ where, message }: Problem, file: string, text: string | null): Finding {
  return { status: 'failed', message, where, next: stepFor(message, where, file, text ?? '') }
}

/** The line as it should be, where the message tells what was meant; else what is to be done there. */
function stepFor(message: string, where: string, file: string, text: string): Next {
  const at = positionIn(where)
  const meant = /; did you mean "([^"]+)"\?$/.exec(message)?.[1]
  const part = message.includes('is not a key of the configuration') ? 'key' : 'value'
  const line = at === undefined || meant === undefined ? undefined : lineWith(at, part, meant)
  if (line !== undefined) return line
  return { kind: 'do', text: `Correct line ${String(at?.line ?? 1)} of ${file}: ${message}.` }

  function lineWith(position: Position, kind: 'key' | 'value', replacement: string): Next | undefined {
    return rewrittenLine({ file, text }, position, kind, replacement)
  }
}

function positionIn(where: string): Position | undefined {
  const [, line, column] = /:(\d+):(\d+)$/.exec(where) ?? []
  return line === undefined ? undefined : { line: Number(line), column: Number(column) }
}
