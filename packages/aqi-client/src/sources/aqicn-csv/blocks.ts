import { civilFromNumber, numberFromCivil } from '../../days/civil.ts'
import { dayFromNumber } from '../../days/local-day.ts'
import type { BlockMarks, BlockStart, MarkCount } from './types.ts'

// A block is a quarter (or, the newest ones, a month); January may lend its first days to the block before.
const MIN_ROWS = 7
const MAX_SPAN = 98

interface Run {
  readonly first: number
  last: number
  rows: number
}

/** Day number of the Monday on which ISO week 1 of the year begins, between 29 December and 4 January. */
function mondayOfWeek1(year: number): number {
  const fourth = numberFromCivil(year, 1, 4) // always within ISO week 1
  return fourth - ((((fourth + 3) % 7) + 7) % 7) // 1970-01-01 was a Thursday
}

/** Day number on which the first quarter's block begins. Read off real downloads, as is all that is said of blocks. */
export function startOfJanuaryBlock(year: number): number {
  return Math.max(numberFromCivil(year, 1, 1), mondayOfWeek1(year))
}

/**
 * Counts block starts over the labels (day numbers) of a download in file order. A start counts where an older block
 * follows, and on the second day only where that block holds the first: otherwise the first day may just be missing.
 */
export class BlockMarkCounter {
  #run: Run | undefined
  #newer: Run | undefined
  #isNewest = true
  readonly #starts = new Map<number, { startsOnDay1: number; startsOnDay2: number }>()

  add(label: number): void {
    if (this.#run === undefined || label < this.#run.last || label - this.#run.last > MAX_SPAN) {
      this.#close()
      this.#run = { first: label, last: label, rows: 1 }
    } else if (label > this.#run.last) {
      this.#run.last = label
      this.#run.rows += 1
    }
  }

  finish(): BlockMarks {
    this.#close()
    const starts = [...this.#starts].map(([first, count]) => ({ first: dayFromNumber(first), ...count }))
    const [januaries, quarters] = [starts.filter(isOfJanuary), starts.filter((start) => !isOfJanuary(start))]
    return { ...sumOf(quarters), january: sumOf(januaries), starts }
  }

  #close(): void {
    const older = this.#run
    const newer = this.#newer
    this.#newer = older
    this.#run = undefined
    if (older === undefined || newer === undefined) return
    const isNewest = this.#isNewest
    this.#isNewest = false
    if (older.last >= newer.first || newer.rows < MIN_ROWS || newer.last - newer.first > MAX_SPAN) return

    const { year, month, dayOfMonth } = civilFromNumber(newer.first)
    if (month % 3 !== 1 && !isNewest) return
    const dayOfBlock = month === 1 ? newer.first - startOfJanuaryBlock(year) + 1 : dayOfMonth
    // The last days of December may stand in no block at all, when they belong to week 1.
    const isPrecededByDay1 =
      older.last === newer.first - 1 || (month === 1 && older.last === mondayOfWeek1(year))
    if (dayOfBlock === 1) this.#countStart(newer.first).startsOnDay1 += 1
    else if (dayOfBlock === 2 && isPrecededByDay1) this.#countStart(newer.first - 1).startsOnDay2 += 1
  }

  #countStart(first: number): { startsOnDay1: number; startsOnDay2: number } {
    const count = this.#starts.get(first) ?? { startsOnDay1: 0, startsOnDay2: 0 }
    this.#starts.set(first, count)
    return count
  }
}

function isOfJanuary({ first }: BlockStart): boolean {
  return first.slice(5, 7) === '01'
}

function sumOf(counts: readonly MarkCount[]): MarkCount {
  return {
    startsOnDay1: counts.reduce((sum, count) => sum + count.startsOnDay1, 0),
    startsOnDay2: counts.reduce((sum, count) => sum + count.startsOnDay2, 0),
  }
}
