import { paint } from '@airq/pipeline'
import { clipped, folded, type terminalOf } from '@airq/pipeline/inspect'
import { type CheckResult, nextText, type Status } from './check.ts'

const COLUMNS = 80
/** Signs and words: neither colour nor a glyph alone tells. */
const SIGNS: Readonly<
  Record<Status, { readonly sign: string; readonly ascii: string; readonly word: string }>
> = {
  ok: { sign: '✓', ascii: '+', word: 'ok' },
  warning: { sign: '!', ascii: '!', word: 'warning' },
  failed: { sign: '✗', ascii: 'x', word: 'failed' },
  skipped: { sign: '–', ascii: '-', word: 'skipped' },
}
const STYLES = { ok: 'green', warning: 'yellow', failed: 'red', skipped: 'dim' } as const

/** The one thing to do first: what fails, else what is worth a look. */
export function firstStep(results: readonly CheckResult[]): CheckResult | undefined {
  return (
    results.find(({ status, next }) => status === 'failed' && next !== null) ??
    results.find(({ status, next }) => status === 'warning' && next !== null)
  )
}

/** One line a check in 80 columns; then three lines a problem; then what to do first. */
export function reportText(results: readonly CheckResult[], terminal: ReturnType<typeof terminalOf>): string {
  const wide = Math.min(28, Math.max(...results.map(({ id }) => id.length)))
  const label = (status: Status): string => {
    const { sign, ascii, word } = SIGNS[status]
    return paint(STYLES[status], `${terminal.unicode ? sign : ascii} ${word.padEnd(7)}`, terminal.colour)
  }
  const lines = results.map(({ id, status, message }) => {
    const text = ` ${id.padEnd(wide)} ${message.replaceAll('\n', ' ')}`
    return `${label(status)}${clipped(text, COLUMNS - 9).trimEnd()}`
  })
  const problems = results
    .filter(({ status }) => status === 'failed' || status === 'warning')
    .map(({ id, status, message, where, hint, next }) => {
      const what = next === null ? (hint ?? '') : nextText(next)
      return [
        folded(`${SIGNS[status].word}: ${id}: ${message}`, COLUMNS),
        `  in ${where}`,
        `  to do: ${what}`,
      ].join('\n')
    })
  return [lines.join('\n'), ...problems, ending(results)].join('\n\n')
}

function ending(results: readonly CheckResult[]): string {
  const first = firstStep(results)
  const failed = results.filter(({ status }) => status === 'failed').length
  const warned = results.filter(({ status }) => status === 'warning').length
  const total =
    failed > 0
      ? `${String(failed)} of ${String(results.length)} checks failed`
      : warned > 0
        ? `nothing is wrong; ${String(warned)} to look at`
        : 'all is well'
  return first?.next ? `${total}\nnext: ${nextText(first.next)}` : total
}
