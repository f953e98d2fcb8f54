import type { Feature } from './state.ts'
import type { FakeCell, FakeRow } from './types.ts'

/** Options of Spark's CSV reader, as they come with an ingestion job. */
export interface CsvOptions {
  readonly header: boolean
  readonly delimiter: string
  readonly quote: string
  readonly escape: string
  readonly multiLine: boolean
  readonly emptyText: 'null' | 'empty'
}

export function csvOptions(
  given: ReadonlyMap<string, string>,
  emptyText: CsvOptions['emptyText'],
): CsvOptions {
  const option = (...names: string[]): string | undefined =>
    names.map((name) => given.get(name)).find((value) => value !== undefined)
  return {
    header: option('header')?.toLowerCase() === 'true',
    delimiter: option('sep', 'delimiter') ?? ',',
    quote: option('quote') ?? '"',
    escape: option('escape') ?? '\\',
    multiLine: option('multiLine', 'multiline')?.toLowerCase() === 'true',
    emptyText,
  }
}

interface Cell {
  readonly text: string
  readonly quoted: boolean
}

/** Lines as Spark splits them: without `multiLine` a line break ends a row even within quotes. */
function readCells(text: string, options: CsvOptions): Cell[][] {
  if (!options.multiLine) {
    return text
      .split(/\r\n|\n|\r/)
      .filter((line) => line !== '')
      .map((line) => readLine(line, options, 0).cells)
  }
  const rows: Cell[][] = []
  for (let at = 0; at < text.length;) {
    const { cells, next } = readLine(text, options, at)
    if (cells.length > 1 || cells[0]?.text !== '') rows.push(cells)
    at = next
  }
  return rows
}

function readLine(text: string, options: CsvOptions, from: number): { cells: Cell[]; next: number } {
  const cells: Cell[] = []
  let at = from
  for (;;) {
    const { cell, next } =
      text[at] === options.quote ? readQuoted(text, options, at) : readBare(text, options, at)
    cells.push(cell)
    at = next
    if (text[at] !== options.delimiter) break
    at += 1
  }
  if (text[at] === '\r' && text[at + 1] === '\n') at += 1
  return { cells, next: at + 1 }
}

function readBare(text: string, { delimiter }: CsvOptions, from: number): { cell: Cell; next: number } {
  let at = from
  while (at < text.length && text[at] !== delimiter && text[at] !== '\n' && text[at] !== '\r') at += 1
  return { cell: { text: text.slice(from, at), quoted: false }, next: at }
}

/** A quote within that is not escaped makes the rest of the cell count as it stands (STOP_AT_DELIMITER). */
function readQuoted(text: string, options: CsvOptions, from: number): { cell: Cell; next: number } {
  const { quote, escape, delimiter } = options
  const ends = [delimiter, '\n', '\r', undefined]
  let value = ''
  let at = from + 1
  while (at < text.length) {
    const here = text[at] ?? ''
    const next = text[at + 1]
    if (here === escape && next === quote) {
      value += quote
      at += 2
    } else if (here === escape && escape !== quote && next === escape) {
      value += escape
      at += 2
    } else if (here === quote) {
      if (ends.includes(next)) return { cell: { text: value, quoted: true }, next: at + 1 }
      const rest = readBare(text, options, at)
      return { cell: { text: quote + value + rest.cell.text, quoted: false }, next: rest.next }
    } else {
      value += here
      at += 1
    }
  }
  return { cell: { text: value, quoted: true }, next: at }
}

/**
 * The insert job's reading: the group's columns sorted by the header's positions of their names, then bound by
 * position. What can't be read as its type is null (PERMISSIVE).
 * @throws Error where the header lacks a feature
 */
export function readRows(text: string, features: readonly Feature[], options: CsvOptions): FakeRow[] {
  const [head = [], ...lines] = readCells(text, options)
  const header = options.header ? head.map((cell) => cell.text) : head.map((_, index) => `_c${String(index)}`)
  const positions = features.map(({ name }) => header.indexOf(name))
  const missing = features.find((_, index) => positions[index] === -1)
  if (missing !== undefined) {
    throw new Error(
      `ValueError: '${missing.name}' is not in list (columns of the data: ${header.join(', ')})`,
    )
  }
  const bound = features
    .map((feature, index) => ({ feature, position: positions[index] ?? 0 }))
    .sort((a, b) => a.position - b.position)
  return (options.header ? lines : [head, ...lines]).map((cells) =>
    Object.fromEntries(
      bound.map(({ feature }, index) => [feature.name, valueOf(cells[index], feature, options)]),
    ),
  )
}

function valueOf(cell: Cell | undefined, { type }: Feature, { emptyText }: CsvOptions): FakeCell {
  if (cell === undefined) return null
  const { text, quoted } = cell
  if (text === '') return type === 'string' && quoted && emptyText === 'empty' ? '' : null
  if (type === 'string') return text
  if (type === 'boolean') return /^(?:true|false)$/i.test(text) ? text.toLowerCase() === 'true' : null
  if (type === 'int' || type === 'bigint') {
    if (!/^[+-]?\d+$/.test(text)) return null
    const value = Number(text)
    const limit = type === 'int' ? 2 ** 31 : 2 ** 63
    return value >= -limit && value < limit ? value : null
  }
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[dDfF]?$/.test(text)
    ? Number(text.replace(/[dDfF]$/, ''))
    : null
}

/** What Spark writes: backslash escapes, edge white space trimmed, doubles as Java prints them. */
export function writeRows(rows: readonly FakeRow[], features: readonly Feature[]): string {
  const lines = rows.map((row) =>
    features.map(({ name, type }) => writtenCell(row[name] ?? null, type)).join(','),
  )
  return [features.map(({ name }) => name).join(','), ...lines, ''].join('\n')
}

function writtenCell(value: FakeCell, type: string): string {
  if (value === null) return ''
  if (typeof value === 'number')
    return type === 'double' || type === 'float' ? javaDouble(value) : String(value)
  if (typeof value === 'boolean') return String(value)
  const text = value.trim()
  if (text === '') return '""'
  if (!/[",\n\r]/.test(text)) return text
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** Java's `Double.toString`: `1.0`, `1.0E-5`, `1.7976931348623157E308`. */
function javaDouble(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  const size = Math.abs(value)
  if (size >= 1e-3 && size < 1e7) return Number.isInteger(value) ? `${String(value)}.0` : String(value)
  const [digits = '', exponent = ''] = value.toExponential().split('e')
  return `${digits.includes('.') ? digits : `${digits}.0`}E${String(Number(exponent))}`
}
