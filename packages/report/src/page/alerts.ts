import type { Html } from '../html/html.ts'
import { note, type PageContext, section, table } from './parts.ts'

/** What the watch found: causes and times, no values. `null` where there is nothing to tell. */
export function alerts({ view, words, formats }: PageContext): Html | null {
  if (view.alerts.length === 0) return null
  const columns = [words.alertCause, words.alertState, words.alertSince, words.alertUntil]
  const cells = view.alerts.map(({ cause, closed_ms: closed, opened_ms: opened }) => [
    words.alertCauses[cause] ?? cause,
    closed === null ? words.alertOpen : words.alertOver,
    formats.instant(opened),
    closed === null ? '' : formats.instant(closed),
  ])
  return section('watch', words.watch, view, words, [
    note(words.watchNote),
    table(
      words.watch,
      columns.map((name) => ({ name })),
      cells,
    ),
  ])
}
