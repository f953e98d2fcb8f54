import { POLLUTANTS, type LocalDay, type Pollutant, type Warning } from '../../types.ts'

/** What a column of an aqicn download can hold: the sub-index of a pollutant, or the index of the day. */
export type Column = Pollutant | 'aqi'
export const COLUMNS: readonly Column[] = [...POLLUTANTS, 'aqi']

export interface ParseOptions {
  /** Needed for dates like `1/5/2024`, as spreadsheets write them. */
  readonly dateOrder?: 'mdy' | 'dmy' | undefined
  /** Named in errors. */
  readonly fileName?: string | undefined
}

/** One labelled day of a download. The label is the file's, not yet the true day of every column. */
export interface LabelledRow {
  readonly label: LocalDay
  readonly values: Readonly<Partial<Record<Column, number>>>
}

export interface MarkCount {
  readonly startsOnDay1: number
  readonly startsOnDay2: number
}

/**
 * How many blocks of rows, in file order, begin on the first and how many on the second day of their quarter:
 * the trace of where the file was downloaded. A sorted or re-saved file has none.
 */
export interface BlockMarks extends MarkCount {
  /** The same for first quarters, which begin with ISO week 1 when that starts in January. */
  readonly january: MarkCount
  /** The same by block, newest first where the file is as it was downloaded. */
  readonly starts: readonly BlockStart[]
}

/** The starts seen of one block: one, unless the file holds several downloads. */
export interface BlockStart extends MarkCount {
  /** The first day of its quarter or month; in January, of its ISO week 1. */
  readonly first: LocalDay
}

export interface ParsedHistory {
  /** The columns of the header, in the order of `COLUMNS`. */
  readonly columns: readonly Column[]
  /** One row a label, ascending. A row without values is kept. */
  readonly rows: readonly LabelledRow[]
  /** Rows of data in the file, dropped ones and duplicates included. */
  readonly rowsRead: number
  /** Columns without a single value. */
  readonly blankColumns: readonly Column[]
  /** The first line before the header, where there is one. */
  readonly title?: string
  readonly marks: BlockMarks
  readonly warnings: readonly Warning[]
}
