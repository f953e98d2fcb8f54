import { AqiError } from '../../errors.ts'
import { notCsv } from './lines.ts'
import { COLUMNS, type Column } from './types.ts'

export type Separator = ',' | ';' | '\t'

/** Where the columns of a file stand. */
export interface Header {
  readonly separator: Separator
  readonly width: number
  readonly dateAt: number
  readonly columnAt: ReadonlyMap<Column, number>
  /** Names that are neither the date nor a known column, or stand a second time. */
  readonly ignored: readonly string[]
}

const HINT = 'Give the CSV file of an aqicn.org historical download, header line included.'
const COLUMN_BY_NAME: ReadonlyMap<string, Column> = new Map(COLUMNS.map((column) => [column, column]))

/** Cells without quotes and outer blanks. A quote never reaches beyond its own line. */
export function cellsOf(line: string, separator: Separator): string[] {
  return line.split(separator).map((cell) => cell.replaceAll('"', '').trim())
}

/** The header on this line, or `null` when the line is none. Throws `AqiError` for headers of other files. */
export function readHeader(line: string, where: string | undefined): Header | null {
  const separator = separatorOf(line)
  const names = cellsOf(line, separator).map((name) => name.toLowerCase())
  const dateAt = names.indexOf('date')
  if (dateAt === -1) return null
  refuseOtherFormats(new Set(names), where)

  const columnAt = new Map<Column, number>()
  const ignored: string[] = []
  for (const [at, name] of names.entries()) {
    const column = COLUMN_BY_NAME.get(name.replace(/[._]/, ''))
    if (column !== undefined && !columnAt.has(column)) columnAt.set(column, at)
    else if (at !== dateAt && name !== '') ignored.push(name)
  }
  if (columnAt.size === 0) {
    throw new AqiError('no-value-column', `the header has none of the columns ${COLUMNS.join(', ')}`, {
      fault: 'input',
      hint: HINT,
      where,
    })
  }
  const width = names.findLastIndex((name) => name !== '') + 1
  return { separator, width, dateAt, columnAt, ignored }
}

/** Throws when a line before the header shows that this is no CSV file at all. */
export function refuseOtherFiles(line: string, where: string | undefined): void {
  if (/^\s*</.test(line)) throw notCsv('it is HTML or XML, perhaps the page instead of the download', where)
  if (/\p{Cc}/u.test(line.replaceAll('\t', ''))) throw notCsv('it holds binary data', where)
}

export function noDateColumn(where: string | undefined): AqiError {
  return new AqiError('no-date-column', 'no header with a "date" column was found', {
    fault: 'input',
    hint: HINT,
    where,
  })
}

function separatorOf(line: string): Separator {
  const candidates: readonly Separator[] = [',', ';', '\t']
  const count = (separator: Separator) => line.split(separator).length
  return candidates.reduce((best, candidate) => (count(candidate) > count(best) ? candidate : best))
}

function refuseOtherFormats(names: ReadonlySet<string>, where: string | undefined): void {
  if (names.has('specie')) {
    throw new AqiError('unsupported-format', 'this is the file of many cities (column "Specie")', {
      fault: 'input',
      hint: 'Download the historical data of one station instead.',
      where,
    })
  }
  const isStatistics =
    ['min', 'max', 'stdev', 'q1', 'q3', 'count'].filter((name) => names.has(name)).length > 2
  if (isStatistics) {
    throw new AqiError(
      'concentrations',
      'this download holds concentrations (unit ugm3: columns min, max, median, …), not sub-indices; ' +
        'the two must not be mixed',
      {
        fault: 'input',
        hint: 'Use the download of an agency station: date, then a column for each pollutant.',
        where,
      },
    )
  }
}
