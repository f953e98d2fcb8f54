/** How long the rest of a work takes, by how fast it went: recent steps count more than early ones. */
export class TimeLeft {
  /** After so much time a step's speed counts for 1/e. */
  static readonly #MEMORY_MS = 10_000

  #at: number
  #fraction = 0
  /** Fraction of the work a millisecond; `null` until something is done. */
  #rate: number | null = null

  /** @param startedAt epoch ms */
  constructor(startedAt: number) {
    this.#at = startedAt
  }

  /** Tells that so much is done. What says to be less than before is left out. @param fraction 0 to 1 */
  update(at: number, fraction: number): void {
    const [elapsed, done] = [at - this.#at, fraction - this.#fraction]
    if (elapsed <= 0 || done <= 0) return
    const rate = done / elapsed
    const weight = this.#rate === null ? 1 : 1 - Math.exp(-elapsed / TimeLeft.#MEMORY_MS)
    this.#rate = (this.#rate ?? 0) * (1 - weight) + rate * weight
    this.#at = at
    this.#fraction = Math.min(1, fraction)
  }

  /** Milliseconds; `null` while nothing can be said. */
  left(at: number): number | null {
    if (this.#rate === null) return null
    return Math.max(0, (1 - this.#fraction) / this.#rate - (at - this.#at))
  }
}

/** `8 s`, `3 min 20 s`, `2 h 5 min`: the two largest parts. */
export function spanText(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${String(seconds)} s`
  const [large, small, units] =
    seconds < 3600
      ? [Math.floor(seconds / 60), seconds % 60, ['min', 's'] as const]
      : [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), ['h', 'min'] as const]
  return `${String(large)} ${units[0]}${small === 0 ? '' : ` ${String(small)} ${units[1]}`}`
}
