import { AqiError } from '../../errors.ts'

const MAX_LINE = 65_536

/** Cuts text that arrives in pieces into lines (LF, CRLF or CR) and refuses what is no text. */
export class LineSplitter {
  #rest = ''
  readonly #where: string | undefined

  constructor(where: string | undefined) {
    this.#where = where
  }

  /** The lines that end within this piece. */
  *push(piece: string): Generator<string> {
    if (piece.includes('\0')) throw notCsv('it holds NUL bytes', this.#where)
    const text = this.#rest + piece
    let start = 0
    let [feed, carriage] = [text.indexOf('\n'), text.indexOf('\r')]
    while (feed !== -1 || carriage !== -1) {
      const isFeed = carriage === -1 || (feed !== -1 && feed < carriage)
      if (!isFeed && carriage === text.length - 1) break // may be the first half of a CRLF
      const end = isFeed ? feed : carriage
      yield text.slice(start, end)
      start = end + (!isFeed && feed === carriage + 1 ? 2 : 1)
      if (feed !== -1 && feed < start) feed = text.indexOf('\n', start)
      if (carriage !== -1 && carriage < start) carriage = text.indexOf('\r', start)
    }
    this.#rest = text.slice(start)
    if (this.#rest.length > MAX_LINE) {
      throw notCsv(`a line is longer than ${String(MAX_LINE)} characters`, this.#where)
    }
  }

  /** The last line, when no line end follows it. */
  *end(): Generator<string> {
    const last = this.#rest.replace(/\r$/, '')
    this.#rest = ''
    if (last !== '') yield last
  }
}

export function notCsv(reason: string, where: string | undefined): AqiError {
  return new AqiError('not-csv', `this is not a CSV file: ${reason}`, {
    fault: 'input',
    hint: 'Give the CSV file of an aqicn.org historical download, saved as UTF-8 text.',
    where,
  })
}
