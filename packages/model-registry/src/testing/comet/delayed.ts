/** A value whose changes are shown after a number of reads only: reads elsewhere lag behind writes. */
export class Delayed<T> {
  #shown: T
  #waiting: { readonly value: T; reads: number }[] = []

  constructor(shown: T) {
    this.#shown = shown
  }

  /** The value as it is, whatever reads show. */
  get latest(): T {
    return this.#waiting.at(-1)?.value ?? this.#shown
  }

  set(value: T, hiddenReads: number): void {
    this.#waiting.push({ value, reads: hiddenReads })
  }

  read(): T {
    while (this.#waiting[0] !== undefined && this.#waiting[0].reads <= 0) {
      this.#shown = this.#waiting[0].value
      this.#waiting.shift()
    }
    for (const change of this.#waiting) change.reads -= 1
    return this.#shown
  }
}
