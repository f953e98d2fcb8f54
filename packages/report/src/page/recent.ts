import { categoryOf } from '@airq/aqi-client'
import { rollup } from 'd3-array'
import { swatch } from '../charts/disc.ts'
import { figure } from '../charts/figure.ts'
import { forecastsChart } from '../charts/forecasts.ts'
import type { Html } from '../html/html.ts'
import { markup } from '../html/html.ts'
import { firstRevisions, isBeforeTheEvent } from '../ledger/issued.ts'
import { note, type PageContext, section, table, tags } from './parts.ts'

const SHOWN = 60

/** What was said of the last days, first revisions, newest last in the chart and first in the table. */
export function recent(context: PageContext): Html | null {
  const { view, words, formats, publishObservations } = context
  const all = view.series[view.main]?.rows ?? []
  const rows = firstRevisions(all).slice(-SHOWN)
  if (rows.length === 0) return null
  const { scale } = view.facts
  const names = words.categories(scale)
  const simulated = rows.some((row) => row.simulated)
  const revisions = rollup(
    all,
    (ofDay) => ofDay.length,
    ({ day }) => day,
  )
  const columns = [
    { name: words.day },
    { name: words.forecast, numeric: true },
    { name: words.intervalShort, numeric: true },
    { name: words.category },
    ...(publishObservations ? [{ name: words.observed, numeric: true }] : []),
    { name: words.issuedShort },
    { name: words.revision },
  ]
  const cells = rows.toReversed().map((row) => {
    const { key, colour } = categoryOf(row.aqi, scale)
    const observed = view.observed.get(row.day)
    const later = (revisions.get(row.day) ?? 1) - 1
    return [
      markup`${formats.day(row.day)}${tags(row, words)}`,
      formats.whole(row.aqi),
      `${formats.whole(row.lower)}–${formats.whole(row.upper)}`,
      markup`${swatch(colour)}${names[key]}`,
      ...(publishObservations ? [observed === undefined ? '' : formats.whole(observed)] : []),
      markup`${formats.instant(row.issued_at)}${isBeforeTheEvent(row) ? null : markup` <span class="tag late">${words.late}</span>`}`,
      markup`${row.revision}${later > 0 ? markup` <span class="muted">(${words.laterRevisions(formats.whole(later))})</span>` : null}`,
    ]
  })
  const title = words.recentChart(formats.whole(rows.length))
  return section('recent', words.recent, { simulated }, words, [
    note(`${words.recentNote}${publishObservations ? '' : ` ${words.observedPrivate}`}`),
    figure({
      title,
      mark: simulated ? words.simulated : null,
      tableLabel: words.table,
      table: table(title, columns, cells),
      draw: (width) => forecastsChart({ scale, rows, observed: view.observed, formats }, width),
    }),
  ])
}
