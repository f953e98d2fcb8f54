import type { SearchProgress } from '@airq/model'
import type { Progress, RunContext } from '@airq/pipeline'

const LOG_EVERY_MS = 2_000

/** Says now and then how a search stands: the best so far and the time left. */
export class SearchProgressLog implements Disposable {
  readonly #context: RunContext
  readonly #names: Readonly<Record<string, string>>
  readonly #timeLeft: (() => number) | undefined
  readonly #startedAt: number
  readonly #progress: Progress
  #made = 0
  #loggedAt = Number.NEGATIVE_INFINITY

  /** @param names what every line says, e.g. the station */
  constructor(
    context: RunContext,
    names: Readonly<Record<string, string>>,
    timeLeft: (() => number) | undefined,
  ) {
    this.#context = context
    this.#names = names
    this.#timeLeft = timeLeft
    this.#startedAt = context.systemClock.now()
    this.#progress = context.progress(`searching, ${Object.values(names).join(' ')}`, null)
  }

  [Symbol.dispose](): void {
    this.#progress[Symbol.dispose]()
  }

  /** A fit was judged by this run, so took time. */
  count(): void {
    this.#made += 1
  }

  get made(): number {
    return this.#made
  }

  tell({ id, forecaster, forecasters, trials, planned, best, defaults }: SearchProgress): void {
    const now = this.#context.systemClock.now()
    // Every forecaster counts as one part of the work.
    const done = (forecaster - 1 + trials / planned) / forecasters
    this.#progress.at(Math.round(done * planned * forecasters), { total: planned * forecasters })
    if (trials < planned && now - this.#loggedAt < LOG_EVERY_MS) return
    this.#loggedAt = now
    // Who sees the line needs no log of the same.
    this.#context.logger[this.#progress.isShown ? 'debug' : 'info']('searching', {
      ...this.#names,
      recipe: id,
      trials: `${String(trials)}/${String(planned)}`,
      best: Number(best.relMae.toFixed(4)),
      defaults: Number(defaults.relMae.toFixed(4)),
      secondsLeft: this.#secondsLeft(now, done),
    })
  }

  /** As long as the part that is done took, for the rest; the budget at most. */
  #secondsLeft(now: number, done: number): number {
    const left = ((now - this.#startedAt) * (1 - done)) / done
    return Math.max(0, Math.round(Math.min(left, this.#timeLeft?.() ?? Number.POSITIVE_INFINITY) / 1000))
  }
}
