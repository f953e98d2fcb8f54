import { figure } from '../charts/figure.ts'
import { reasonsChart } from '../charts/reasons.ts'
import type { Html } from '../html/html.ts'
import { note, type PageContext, section, table } from './parts.ts'

/** What moved the headline's forecast; nothing where a plain rule spoke. */
export function why({ view, words, formats }: PageContext): Html | null {
  const row = view.headline
  if (row === null || row.fallback) return null
  const reasons = view.reasons
  if (reasons === null || reasons.length === 0) {
    return section('why', words.why, row, words, note(words.whyMissing))
  }
  const columns = [{ name: words.reason }, { name: words.effect, numeric: true }]
  const cells = reasons.map(({ key, change }) => [words.reasons[key], formats.change(change)])
  return section('why', words.why, row, words, [
    note(words.whyNote),
    figure({
      title: words.why,
      mark: row.simulated ? words.simulated : null,
      tableLabel: words.table,
      table: table(words.why, columns, cells),
      draw: (width) => reasonsChart(reasons, { words, formats }, width),
    }),
  ])
}
