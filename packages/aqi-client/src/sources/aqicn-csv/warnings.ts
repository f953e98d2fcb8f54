import type { Warning } from '../../types.ts'

const PLACES = 5

/** For each code a noun, and what is said of it. */
const TEXTS = {
  'title-line': ['line', 'before the header skipped'],
  'unknown-column': ['column', 'ignored: unknown or repeated'],
  'bad-date': ['row', 'dropped: date missing or impossible'],
  'cell-count': [
    'row',
    'with too few or too many cells: missing ones count as blank, extra ones are ignored',
  ],
  'bad-number': ['cell', 'counted as blank: not a number'],
  'out-of-range': ['cell', 'counted as blank: negative, or too large for an index'],
  suspicious: ['cell', 'above 500 kept: sensor fault or extreme event'],
  'duplicate-day': ['row', 'for a day already read, with other values: the later value of each cell is kept'],
} as const

export type RowWarningCode = keyof typeof TEXTS

/** Counts what was wrong where: one warning a code, with the first places, in the order of appearance. */
export class WarningTally {
  readonly #tallies = new Map<RowWarningCode, { count: number; places: string[] }>()

  /** @param place - the number of a line, or a name */
  add(code: RowWarningCode, place: number | string): void {
    let tally = this.#tallies.get(code)
    if (tally === undefined) {
      tally = { count: 0, places: [] }
      this.#tallies.set(code, tally)
    }
    tally.count += 1
    if (tally.places.length < PLACES) {
      tally.places.push(typeof place === 'number' ? `line ${String(place)}` : place)
    }
  }

  list(): Warning[] {
    return [...this.#tallies].map(([code, { count, places }]) => {
      const [noun, text] = TEXTS[code]
      const more = count > places.length ? ', …' : ''
      return {
        code,
        message: `${String(count)} ${noun}${count === 1 ? '' : 's'} ${text} (${places.join(', ')}${more})`,
      }
    })
  }
}
