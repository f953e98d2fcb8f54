import { LineCounter, isAlias, isMap, isScalar, isSeq, parseDocument, visit } from 'yaml'
import type { Document } from 'yaml'

interface Position {
  /** Both from 1. */
  readonly line: number
  readonly column: number
}

export interface Problem extends Position {
  readonly message: string
}

/** Keys and indices from the root to a value. */
export type Path = readonly PropertyKey[]

export interface YamlDocument {
  /** Plain values; meaningless when there are problems. */
  readonly data: unknown
  readonly problems: readonly Problem[]
  /** Of the value or key at a path, or of what is nearest to it: a key that is missing has no place. */
  positionOf(path: Path, part: 'key' | 'value'): Position
}

const MOST_ALIASES = 100
/** Aliases of aliases multiply: this bounds what they may grow to. */
const MOST_ALIAS_EXPANSIONS = 1_000
const START: Position = { line: 1, column: 1 }

/** Reads YAML 1.2. Never throws: what is wrong is in `problems`. */
export function parseYaml(text: string): YamlDocument {
  const lines = new LineCounter()
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return line < 1 ? START : { line, column: col }
  }
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' })
    const problems = [
      ...document.errors.map(({ message, pos }) => ({
        ...at(pos[0]),
        message: `not valid YAML: ${message}`,
      })),
      ...aliasProblems(document, at),
    ]
    return {
      data: problems.length > 0 ? null : document.toJS({ maxAliasCount: MOST_ALIAS_EXPANSIONS }),
      problems,
      positionOf: (path, part) => at(offsetOf(document, path, part)),
    }
  } catch (error) {
    // Aliases that expand to too much; nesting that is too deep for the parser.
    const message = `not readable as YAML: ${error instanceof Error ? error.message : 'unknown error'}`
    return { data: null, problems: [{ ...START, message }], positionOf: () => START }
  }
}

function aliasProblems(document: Document, at: (offset: number) => Position): Problem[] {
  const problems: Problem[] = []
  let aliases = 0
  visit(document, {
    Alias: (_key, alias) => {
      aliases += 1
      const place = at(alias.range?.[0] ?? 0)
      if (aliases > MOST_ALIASES) {
        problems.push({ ...place, message: `more than ${String(MOST_ALIASES)} aliases` })
        return visit.BREAK
      }
      if (alias.resolve(document) === undefined) {
        problems.push({ ...place, message: `the alias *${alias.source} has no anchor before it` })
      }
      return undefined
    },
  })
  return problems
}

/** Walks down as far as the document goes; an alias is where it is written, not where it points to. */
function offsetOf(document: Document, path: Path, part: 'key' | 'value'): number {
  let key: unknown = document.contents
  let value: unknown = document.contents
  for (const segment of path) {
    if (isMap(value)) {
      const pair = value.items.find(
        (item) => isScalar(item.key) && keyText(item.key.value) === String(segment),
      )
      if (pair === undefined) return startOf(value)
      key = pair.key
      value = pair.value
    } else if (isSeq(value)) {
      const item: unknown = value.items[Number(segment)]
      if (item === undefined) return startOf(value)
      key = item
      value = item
    } else break
  }
  return startOf(part === 'key' ? key : value)
}

/** As `toJS` names the key of the plain object. */
function keyText(value: unknown): string {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}

function startOf(node: unknown): number {
  return (isMap(node) || isSeq(node) || isScalar(node) || isAlias(node)) && node.range ? node.range[0] : 0
}
