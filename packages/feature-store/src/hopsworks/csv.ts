import type { Row } from '../row-schema.ts'
import { encodeText } from './text-code.ts'

/** One header line and a line a row; no cell holds a quote, a backslash or a line break. Null is an empty cell. */
export function toCsv(columns: readonly string[], rows: readonly Row[]): Uint8Array {
  const lines = [columns.join(',')]
  for (const row of rows) lines.push(columns.map((name) => toCell(row[name] ?? null)).join(','))
  return new TextEncoder().encode(`${lines.join('\n')}\n`)
}

function toCell(value: Row[string] | undefined): string {
  if (value === null || value === undefined) return ''
  if (typeof value !== 'string') return String(value)
  const text = encodeText(value)
  return text.includes(',') ? `"${text}"` : text
}

/** Records of a CSV as Spark writes it: a backslash before quotes and backslashes within quotes. Null is `''`. */
export function* parseSparkCsv(text: string): Generator<(string | null)[], void, undefined> {
  let at = 0
  while (at < text.length) {
    const record: (string | null)[] = []
    for (;;) {
      const cell = text[at] === '"' ? quotedCell(text, at) : bareCell(text, at)
      record.push(cell.value)
      at = cell.end
      if (text[at] !== ',') break
      at += 1
    }
    if (text[at] === '\r') at += 1
    at += 1
    if (record.length > 1 || record[0] !== null) yield record
  }
}

function bareCell(text: string, from: number): { value: string | null; end: number } {
  let end = from
  while (end < text.length && text[end] !== ',' && text[end] !== '\n' && text[end] !== '\r') end += 1
  return { value: end === from ? null : text.slice(from, end), end }
}

function quotedCell(text: string, from: number): { value: string; end: number } {
  const parts: string[] = []
  let start = from + 1
  for (let at = start; at < text.length; at += 1) {
    const here = text[at]
    if (here === '\\' && (text[at + 1] === '"' || text[at + 1] === '\\')) {
      parts.push(text.slice(start, at))
      start = at + 1
      at += 1
    } else if (here === '"') {
      parts.push(text.slice(start, at))
      return { value: parts.join(''), end: at + 1 }
    }
  }
  return { value: parts.join('') + text.slice(start), end: text.length }
}
