import { clearLine, cursorTo } from 'node:readline'
import type { Writable } from 'node:stream'
import type { LogLevel } from '../command/options.ts'
import type { Clock } from '../types.ts'
import { withoutControls } from '../describe-error.ts'
import { isSet } from './terminal.ts'
import { spanText, TimeLeft } from './time-left.ts'
import { clipped, COLUMNS } from './width.ts'

/** One work that takes its time; over when it is disposed of. */
export interface Progress extends Disposable {
  /** False where nobody sees it: no terminal, `--json`, CI. */
  readonly isShown: boolean
  /** So much of the total is done. @param now in place of what was said before */
  at(done: number, now?: { readonly what?: string; readonly total?: number }): void
}

/** Begins a work. One that begins while another is on is a part of the step the other is at. */
export type StartProgress = (what: string, total: number | null) => Progress

export interface ProgressStream extends Writable {
  readonly isTTY?: boolean
  readonly columns?: number
}

/** Nothing is shown of what is over sooner. */
const PATIENCE_MS = 1000
const REDRAW_MS = 100
/** While nothing reports, the time goes on. */
const TICK_MS = 1000

interface Work {
  what: string
  done: number
  total: number | null
}

/** Works as one line of a terminal that is rewritten: what, done of total, time left. */
export class ProgressLine {
  readonly #stream: ProgressStream
  readonly #clock: Clock
  readonly #isShown: boolean
  readonly #works: Work[] = []
  #startedAt = 0
  #timeLeft = new TimeLeft(0)
  #timer: NodeJS.Timeout | undefined
  #drawnAt = Number.NEGATIVE_INFINITY
  #isDrawn = false

  constructor(stream: ProgressStream, clock: Clock, isShown: boolean) {
    this.#stream = stream
    this.#clock = clock
    this.#isShown = isShown
  }

  readonly start: StartProgress = (what, total) => {
    const work: Work = { what, done: 0, total }
    if (this.#isShown) this.#begin(work)
    return {
      isShown: this.#isShown,
      at: (done, now = {}) => {
        Object.assign(work, { done, ...now })
        this.#tell()
      },
      [Symbol.dispose]: () => {
        this.#end(work)
      },
    }
  }

  /** Takes the line away: something else is written next. */
  readonly clear = (): void => {
    if (!this.#isDrawn) return
    cursorTo(this.#stream, 0)
    clearLine(this.#stream, 0)
    this.#isDrawn = false
    this.#drawnAt = Number.NEGATIVE_INFINITY
  }

  /** Nothing is shown from now on. */
  stop(): void {
    this.#works.length = 0
    this.#end(undefined)
  }

  #begin(work: Work): void {
    if (this.#works.length === 0) {
      this.#startedAt = this.#clock.now()
      this.#timeLeft = new TimeLeft(this.#startedAt)
      this.#timer = setInterval(() => {
        this.#draw()
      }, TICK_MS).unref()
    }
    this.#works.push(work)
  }

  #end(work: Work | undefined): void {
    const index = work === undefined ? -1 : this.#works.indexOf(work)
    if (index >= 0) this.#works.splice(index)
    if (this.#works.length > 0) return
    clearInterval(this.#timer)
    this.clear()
  }

  #tell(): void {
    if (this.#works.length === 0) return
    this.#timeLeft.update(this.#clock.now(), fractionOf(this.#works))
    if (this.#clock.now() - this.#drawnAt >= REDRAW_MS) this.#draw()
  }

  #draw(): void {
    const now = this.#clock.now()
    if (now - this.#startedAt < PATIENCE_MS) return
    const text = progressText(this.#works, now - this.#startedAt, this.#timeLeft.left(now))
    // A terminal that does not know its size says 0.
    const { columns = 0 } = this.#stream
    this.clear()
    this.#stream.write(clipped(text, (columns > 0 ? columns : COLUMNS) - 1))
    this.#isDrawn = true
    this.#drawnAt = now
  }
}

/** Whether somebody looks on who wants to see it. */
export function showsProgress(
  { isTTY }: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
  { json, logLevel }: { readonly json: boolean; readonly logLevel: LogLevel },
): boolean {
  const isCi = isSet(env['CI']) && env['CI'] !== 'false'
  const isQuiet = ['error', 'fatal', 'silent'].includes(logLevel)
  return isTTY === true && !json && !isCi && !isQuiet && env['TERM'] !== 'dumb'
}

/** The part of the whole that is done, by the outermost work whose total is known. */
export function fractionOf(works: readonly Pick<Work, 'done' | 'total'>[]): number {
  return works.reduceRight(
    (inner, { done, total }) => (total === null || total === 0 ? inner : Math.min(1, (done + inner) / total)),
    0,
  )
}

/** `stations 2/5 · comparing candidates, beijing 4/13 · 8 s left` */
export function progressText(works: readonly Work[], elapsedMs: number, leftMs: number | null): string {
  const parts = works
    // One of one says nothing.
    .filter(({ total }, i) => total !== 1 || i === works.length - 1)
    .map(({ what, done, total }) => (total === null ? what : `${what} ${String(done)}/${String(total)}`))
  const time = leftMs === null ? spanText(elapsedMs) : `${spanText(leftMs)} left`
  return withoutControls([...parts, time].join(' · '))
}
