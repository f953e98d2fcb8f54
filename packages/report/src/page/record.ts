import { disclosed, figure } from '../charts/figure.ts'
import { shareBar } from '../charts/disc.ts'
import { monthsChart } from '../charts/months.ts'
import { reliabilityChart } from '../charts/reliability.ts'
import { type Html, markup } from '../html/html.ts'
import { errorOf, type SpanRecord, type TrackRecord } from '../record/track-record.ts'
import { note, type PageContext, section, table, tags } from './parts.ts'

/** How the forecasts did that were really issued; nothing of backtests. */
export function record(context: PageContext): Html {
  const { view, words, publishObservations } = context
  return section('record', words.record, { simulated: view.records.some((one) => one.simulated) }, words, [
    note(`${words.recordNote}${publishObservations ? '' : ` ${words.recordPrivate}`}`),
    view.records.map((one) => ofSeries(one, context)),
  ])
}

function ofSeries(series: TrackRecord, context: PageContext): Html {
  const { words, formats, publishObservations } = context
  const title = markup`<h3>${decisionName(series, context)}${tags(series, words)}</h3>`
  const notCounted =
    series.fallbackDays + series.lateDays === 0
      ? null
      : note(words.notCounted(formats.whole(series.fallbackDays), formats.whole(series.lateDays)))
  if (series.total === null) {
    return markup`${title}${note(publishObservations ? words.recordEmpty : words.recordEmptyPrivate)}${notCounted}`
  }
  return markup`${title}${tiles(series, series.total, context)}${months(series, context)}
    <div class="two">${reliability(series, context)}${howFarOff(series, series.total, context)}</div>
    ${worst(series, context)}${notCounted}`
}

/** `evening, 20:00` */
function decisionName(
  { decision, hour }: Pick<TrackRecord, 'decision' | 'hour'>,
  { words }: Pick<PageContext, 'words'>,
): string {
  return hour === 24
    ? words.decisions[decision]
    : `${words.decisions[decision]}, ${String(hour).padStart(2, '0')}:00`
}

function tiles(series: TrackRecord, total: SpanRecord, { words, formats }: PageContext): Html {
  const skill = formats.percent(Math.abs(total.skill))
  const p = series.pModelBetter
  const chance = p === null ? null : p < 0.05 || p > 0.95 ? words.beyondChance : words.withinChance
  const days = words.skillNote(
    formats.whole(total.n),
    formats.day(total.firstDay),
    formats.day(total.lastDay),
  )
  const tile = (name: string, value: string, below: string) =>
    markup`<div class="tile">
      <dt>${name}</dt>
      <dd>${value}<small>${below}</small></dd>
    </div>`
  return markup`<dl class="tiles">
      ${[
        tile(
          words.skill,
          total.skill < 0 ? words.worse(skill) : words.better(skill),
          chance === null ? days : `${days}; ${chance}`,
        ),
        tile(
          words.meanError,
          words.points(formats.tenth(total.mae)),
          `${words.persistence}: ${formats.tenth(total.persistenceMae)}`,
        ),
        tile(
          words.coverage,
          formats.percent(total.coverage),
          series.wantedCoverage === null ? '' : words.coverageNote(formats.percent(series.wantedCoverage)),
        ),
        tile(words.classHits, formats.percent(total.classHits), words.classHitsNote),
      ]}
    </dl>
    ${note(words.persistenceNote)}`
}

function months({ months: all, simulated }: TrackRecord, { words, formats }: PageContext): Html {
  const columns = [
    { name: words.month },
    { name: words.days, numeric: true },
    { name: words.meanError, numeric: true },
    { name: words.persistence, numeric: true },
    { name: words.skill, numeric: true },
    { name: words.coverage, numeric: true },
    { name: words.classHits, numeric: true },
  ]
  const cells = all
    .toReversed()
    .map((month) => [
      formats.month(month.month),
      formats.whole(month.n),
      formats.tenth(month.mae),
      formats.tenth(month.persistenceMae),
      formats.change(month.skill),
      formats.percent(month.coverage),
      formats.percent(month.classHits),
    ])
  const content = table(words.monthsChart, columns, cells)
  // One month is no line.
  if (all.length < 2) return disclosed(words.table, content)
  return figure({
    title: words.monthsChart,
    mark: simulated ? words.simulated : null,
    tableLabel: words.table,
    table: content,
    draw: (width) =>
      monthsChart({ months: all, formats, forecast: words.forecast, persistence: words.persistence }, width),
  })
}

function reliability(
  { reliability: bins, simulated }: TrackRecord,
  { words, formats }: PageContext,
): Html | null {
  if (bins.length === 0) return null
  const columns = [
    { name: words.said, numeric: true },
    { name: words.came, numeric: true },
    { name: words.days, numeric: true },
  ]
  const cells = bins.map(({ forecast, observed, n }) => [
    formats.percent(forecast),
    formats.percent(observed),
    formats.whole(n),
  ])
  return markup`<div>
    <h4>${words.reliability}</h4>
    ${note(words.reliabilityNote)}${figure({
      title: words.reliability,
      mark: simulated ? words.simulated : null,
      tableLabel: words.table,
      table: table(words.reliability, columns, cells),
      draw: (width) => reliabilityChart({ bins, said: words.said, came: words.came }, width),
    })}
  </div>`
}

function howFarOff({ errors }: TrackRecord, { n }: SpanRecord, { words, formats }: PageContext): Html {
  const cells = errors.map(({ from, to, days }) => [
    words.errorBand(formats.whole(from), to === null ? null : formats.whole(to)),
    shareBar(days / n, null),
    formats.whole(days),
  ])
  const columns = [{ name: words.error }, { name: '' }, { name: words.days, numeric: true }]
  return markup`<div class="chances">
    <h4>${words.howFarOff}</h4>
    ${table(words.howFarOff, columns, cells)}
  </div>`
}

function worst({ worst: pairs }: TrackRecord, { words, formats }: PageContext): Html | null {
  if (pairs.length === 0) return null
  const columns = [
    { name: words.day },
    { name: words.forecast, numeric: true },
    { name: words.intervalShort, numeric: true },
    { name: words.observed, numeric: true },
    { name: words.error, numeric: true },
  ]
  const cells = pairs.map((pair) => [
    formats.day(pair.day),
    formats.whole(pair.row.aqi),
    `${formats.whole(pair.row.lower)}–${formats.whole(pair.row.upper)}`,
    formats.whole(pair.actual),
    formats.whole(errorOf(pair)),
  ])
  return markup`<h4>${words.worst}</h4>
    ${table(words.worst, columns, cells)}`
}
