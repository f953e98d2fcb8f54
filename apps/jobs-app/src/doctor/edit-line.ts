import type { Next } from './check.ts'

export interface Position {
  /** Both from 1. */
  readonly line: number
  readonly column: number
}

/** A value as YAML holds it, in a block or in braces; or a key. */
const TOKENS = {
  value: /^(?:"[^"]*"|'[^']*'|[^\s,}\]#][^,}\]#\n]*?(?=\s*(?:[,}\]]|\s#|$)))/,
  key: /^["']?[\w-]+["']?(?=\s*:)/,
} as const

/**
 * The line of a file with another value, or key, at a position.
 * @returns `undefined` where no such thing stands there
 */
export function rewrittenLine(
  { file, text }: { readonly file: string; readonly text: string },
  { line, column }: Position,
  part: keyof typeof TOKENS,
  replacement: string,
): Next | undefined {
  const whole = text.split(/\r?\n/)[line - 1] ?? ''
  const [before, rest] = [whole.slice(0, column - 1), whole.slice(column - 1)]
  const token = TOKENS[part].exec(rest)?.[0]
  if (token === undefined) return undefined
  return { kind: 'write', file, line, text: `${before}${replacement}${rest.slice(token.length)}` }
}
