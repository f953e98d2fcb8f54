import { AqiError } from '../../errors.ts'
import { BlockMarkCounter } from './blocks.ts'
import { dateOf, valueOf } from './cells.ts'
import { DayTable } from './day-table.ts'
import { cellsOf, noDateColumn, readHeader, refuseOtherFiles, type Header } from './header.ts'
import { LineSplitter } from './lines.ts'
import { PlainRowReader } from './plain-rows.ts'
import { COLUMNS, type Column, type ParsedHistory, type ParseOptions } from './types.ts'
import { WarningTally } from './warnings.ts'

// A header further down than this is none of ours.
const MAX_PREAMBLE = 20
/** The index ends at 500; beyond it is a sensor fault or an extreme event. */
const SUSPICIOUS = 500

/** Reads a download piece by piece; holds one entry a distinct day and never the text. */
export class HistoryParser {
  readonly #options: ParseOptions
  readonly #lines: LineSplitter
  readonly #marks = new BlockMarkCounter()
  readonly #warnings = new WarningTally()
  readonly #days = new DayTable()
  readonly #columns = new Set<Column>()
  #header: Header | undefined
  #plainRows: PlainRowReader | undefined
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
    const rows = this.#days.rows()
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
    if (this.#plainRows !== undefined && this.#readPlainRow(line, this.#plainRows)) return
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
    this.#warnings.add('title-line', this.#lineNumber)
    if (this.#preamble.length > MAX_PREAMBLE) throw noDateColumn(this.#options.fileName)
  }

  #useHeader(header: Header): void {
    this.#header = header
    this.#plainRows = new PlainRowReader(header)
    for (const column of header.columnAt.keys()) this.#columns.add(column)
    for (const name of header.ignored) this.#warnings.add('unknown-column', name)
  }

  /** False when the row is not as aqicn writes them, and has to be read with patience. */
  #readPlainRow(line: string, rows: PlainRowReader): boolean {
    const label = rows.read(line)
    if (label === null) return false
    this.#rowsRead += 1
    this.#marks.add(label)
    this.#store(label, rows.values)
    return true
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
      this.#warnings.add('cell-count', this.#lineNumber)
    }
    this.#marks.add(label)
    this.#store(label, this.#values(cells, header))
  }

  #label(cell: string): number | null {
    const date = dateOf(cell, this.#options.dateOrder)
    if (typeof date === 'number') return date
    if (date === 'bad-date') {
      this.#warnings.add('bad-date', this.#lineNumber)
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

  /** In the order of `COLUMNS`; NaN where there is none. */
  #values(cells: readonly string[], header: Header): Float64Array {
    const values = new Float64Array(COLUMNS.length).fill(Number.NaN)
    for (const [column, at] of header.columnAt) {
      const value = valueOf(cells[at] ?? '')
      if (typeof value === 'string') this.#warnings.add(value, this.#lineNumber)
      else if (value !== null) values[COLUMNS.indexOf(column)] = value
    }
    return values
  }

  #store(label: number, values: Float64Array): void {
    for (const value of values) {
      if (value > SUSPICIOUS) this.#warnings.add('suspicious', this.#lineNumber)
    }
    if (!this.#days.set(label, values)) this.#warnings.add('duplicate-day', this.#lineNumber)
  }

  #where(): string {
    const { fileName } = this.#options
    const line = String(this.#lineNumber)
    return fileName === undefined ? `line ${line}` : `${fileName}:${line}`
  }
}
