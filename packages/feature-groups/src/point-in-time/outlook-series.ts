import { dayNumber, localDay } from '@airq/aqi-client'

interface Issued {
  readonly day: string
  readonly known_at: number
}

/** What was forecast of days, in the order in which it became known. */
export class OutlookSeries<T extends Issued> {
  readonly #byKey = new Map<string, T[]>()

  /** `part` tells forecasts of the same day apart. */
  constructor(rows: readonly T[], part: (row: T) => string) {
    for (const row of rows) {
      const key = keyOf(dayNumber(localDay(row.day)), part(row))
      const there = this.#byKey.get(key)
      if (there === undefined) this.#byKey.set(key, [row])
      else there.push(row)
    }
    for (const issued of this.#byKey.values()) issued.sort((a, b) => a.known_at - b.known_at)
  }

  /** The newest forecast of a day that was known at an instant. */
  newest(day: number, part: string, at: number): T | undefined {
    return this.#byKey.get(keyOf(day, part))?.findLast((row) => row.known_at <= at)
  }
}

function keyOf(day: number, part: string): string {
  return `${String(day)} ${part}`
}
