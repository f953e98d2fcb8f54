import { Help } from 'commander'

import type { CommandIo } from './main.ts'

const columns = 80
/** East Asian characters take two columns. */
const wide = /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]/g

class Folding extends Help {
  override displayWidth(text: string): number {
    return text.length + (text.match(wide)?.length ?? 0)
  }
}

const folding = new Folding()

/** Lines of a terminal's width, what is too long folded between words and indented. */
export function textOf(lines: readonly string[], nothing: string): string {
  return (lines.length === 0 ? [nothing] : lines).map((line) => `${folded(line)}\n`).join('')
}

function folded(line: string): string {
  if (folding.displayWidth(line) <= columns) return line
  const indent = /^ */.exec(line)?.[0] ?? ''
  const words = folding.boxWrap(line.slice(indent.length), columns - indent.length - 2)
  return indent + words.replaceAll('\n', `\n${indent}  `)
}

export interface ProgressLine extends Disposable {
  /** @param total what there is to do, `0` where that is unknown */
  tell(what: string, done: number, total: number): void
}

const patienceMs = 1000
const redrawMs = 200

/**
 * One line of the terminal that is rewritten while a work lasts: what, done of total, time left. None for what takes
 * no second, none where nobody looks on.
 */
export function progressLine({ stderr, env, clock, asJson }: CommandIo): ProgressLine {
  const isCi = !['', 'false'].includes(env['CI'] ?? '')
  const isShown = stderr.isTTY === true && asJson !== true && !isCi && env['TERM'] !== 'dumb'
  const startedAt = clock.now()
  let drawnAt: number | null = null
  const clear = (): void => {
    if (drawnAt !== null) stderr.write(`\r${' '.repeat(columns - 1)}\r`)
  }
  return {
    tell: (what, done, total) => {
      const now = clock.now()
      const elapsed = now - startedAt
      if (!isShown || elapsed < patienceMs || now - (drawnAt ?? 0) < redrawMs) return
      clear()
      drawnAt = now
      const left = done === 0 ? null : Math.round((elapsed * (total - done)) / done / 1000)
      const count = total === 0 ? String(done) : `${String(done)}/${String(total)}`
      const time = left === null || total === 0 ? '' : ` · ${String(Math.max(0, left))} s left`
      stderr.write(`${what} ${count}${time}`.slice(0, columns - 1))
    },
    [Symbol.dispose]: clear,
  }
}
