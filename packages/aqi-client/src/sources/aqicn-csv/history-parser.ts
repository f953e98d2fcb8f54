import { dayFromNumber } from '../../days/local-day.ts'
import { AqiError } from '../../errors.ts'
import { BlockMarkCounter } from './blocks.ts'
import { dateOf, valueOf } from './cells.ts'
import { cellsOf, noDateColumn, readHeader, refuseOtherFiles, type Header } from './header.ts'
import { LineSplitter } from './lines.ts'
import { COLUMNS, type Column, type ParsedHistory, type ParseOptions } from './types.ts'
import { WarningTally } from './warnings.ts'

type Values = Partial<Record<Column, number>>

// A header further down than this is none of ours.
const MAX_PREAMBLE = 20

/** Reads a download piece by piece; holds one entry a distinct day and never the text. */
export class HistoryParser {
  readonly #options: ParseOptions
  readonly #lines: LineSplitter
  readonly #marks = new BlockMarkCounter()
  readonly #warnings = new WarningTally()
  readonly #days = new Map<number, Values>()
  readonly #columns = new Set<Column>()
  #header: Header | undefined
  #preamble: string[] = []
  #lineNumber = 0
  #rowsRead = 0

  constructor(options: ParseOptions = {}) {
    this.#options = options
    this.#lines = new LineSplitter(options.fileName)
  }

  push(piece: string): void {
    for (const line of this.#lines.push(piece)) this.#readLine(line)
  }

  finish(): ParsedHistory {
    for (const line of this.#lines.end()) this.#readLine(line)
    if (this.#header === undefined && this.#preamble.length > 0) throw noDateColumn(this.#options.fileName)

    const columns = COLUMNS.filter((column) => this.#columns.has(column))
    const rows = [...this.#days]
      .sort(([a], [b]) => a - b)
      .map(([number, values]) => ({ label: dayFromNumber(number), values }))
    const warnings = this.#warnings.list()
    if (rows.length === 0)
      warnings.push({ code: 'empty', message: 'the file holds no rows that can be used' })
    const title = this.#preamble[0]
    return {
      columns,
      rows,
      rowsRead: this.#rowsRead,
      blankColumns: columns.filter((column) => rows.every(({ values }) => values[column] === undefined)),
      ...(title === undefined ? {} : { title }),
      marks: this.#marks.finish(),
      warnings,
    }
  }

  #readLine(raw: string): void {
    this.#lineNumber += 1
    const line = this.#lineNumber === 1 ? raw.replace(/^\uFEFF/, '') : raw
    if (line.trim() === '') return
    if (this.#header === undefined) this.#readPreamble(line)
    else this.#readRow(line, this.#header)
  }

  #readPreamble(line: string): void {
    refuseOtherFiles(line, this.#where())
    const header = readHeader(line, this.#where())
    if (header !== null) {
      this.#useHeader(header)
      return
    }
    this.#preamble.push(line.replaceAll('"', '').trim())
    this.#warnings.add('title-line', this.#place())
    if (this.#preamble.length > MAX_PREAMBLE) throw noDateColumn(this.#options.fileName)
  }

  #useHeader(header: Header): void {
    this.#header = header
    for (const column of header.columnAt.keys()) this.#columns.add(column)
    for (const name of header.ignored) this.#warnings.add('unknown-column', name)
  }

  #readRow(line: string, header: Header): void {
    const cells = cellsOf(line, header.separator)
    const dateCell = cells[header.dateAt] ?? ''
    if (dateCell.toLowerCase() === 'date') {
      // Files that were simply appended to one another.
      const next = readHeader(line, this.#where())
      if (next !== null) this.#useHeader(next)
      return
    }
    this.#rowsRead += 1
    const label = this.#label(dateCell)
    if (label === null) return
    if (cells.length < header.width || cells.slice(header.width).some((cell) => cell !== '')) {
      this.#warnings.add('cell-count', this.#place())
    }
    this.#marks.add(label)
    this.#store(label, this.#values(cells, header))
  }

  #label(cell: string): number | null {
    const date = dateOf(cell, this.#options.dateOrder)
    if (typeof date === 'number') return date
    if (date === 'bad-date') {
      this.#warnings.add('bad-date', this.#place())
      return null
    }
    const order = this.#options.dateOrder ?? ''
    const reason = date === 'ambiguous' ? 'may be month-day or day-month' : `does not fit the order ${order}`
    throw new AqiError('ambiguous-dates', `the date ${cell} ${reason}`, {
      fault: 'input',
      hint: 'Say which it is (date order mdy or dmy), or use the file as it was downloaded.',
      where: this.#where(),
    })
  }

  #values(cells: readonly string[], header: Header): Values {
    const values: Values = {}
    for (const [column, at] of header.columnAt) {
      const value = valueOf(cells[at] ?? '')
      if (typeof value === 'string') this.#warnings.add(value, this.#place())
      else if (value !== null) {
        values[column] = value
        if (value > 500) this.#warnings.add('suspicious', this.#place())
      }
    }
    return values
  }

  #store(label: number, values: Values): void {
    const known = this.#days.get(label)
    if (known === undefined) {
      this.#days.set(label, values)
      return
    }
    const disagrees = COLUMNS.some(
      (column) =>
        known[column] !== undefined && values[column] !== undefined && known[column] !== values[column],
    )
    if (disagrees) this.#warnings.add('duplicate-day', this.#place())
    Object.assign(known, values)
  }

  #place(): string {
    return `line ${String(this.#lineNumber)}`
  }

  #where(): string {
    const { fileName } = this.#options
    return fileName === undefined ? this.#place() : `${fileName}:${String(this.#lineNumber)}`
  }
}
