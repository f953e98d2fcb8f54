import type { Pollutant } from '@airq/aqi-client'
import { shiftsOf } from '@airq/feature-groups'
import { figure } from '../charts/figure.ts'
import { yearsChart } from '../charts/years.ts'
import { type Html, markup } from '../html/html.ts'
import type { DataQuality } from '../record/quality.ts'
import { dayText, facts, note, type PageContext, section, table } from './parts.ts'

/** What the series is made of: days by status, gaps, readings held back. No values. */
export function quality(context: PageContext): Html {
  const { view, words, formats } = context
  const data = view.quality
  if (data.firstDay === null || data.lastDay === null) {
    return section('data', words.quality, data, words, note(words.noDays))
  }
  const { total, origins } = data
  const named = (name: string, count: number) => (count === 0 ? [] : [`${name} ${formats.whole(count)}`])
  const days = [
    ...named(words.final, total.final),
    ...named(words.partial, total.partial),
    ...named(words.modelled, total.modelled),
    ...named(words.missing, total.missing),
  ]
  const from = Object.entries(origins).flatMap(([origin, count]) =>
    named(words.origins[origin as keyof typeof origins], count),
  )
  return section('data', words.quality, data, words, [
    note(words.qualityNote(formats.day(data.firstDay), formats.day(data.lastDay))),
    years(data, context),
    facts([
      [words.days, days.join(' · ')],
      [words.origin, from.join(' · ')],
      [words.alignment, (origins.csv ?? 0) > 0 ? words.alignmentNote : null],
      ...lastImport(context),
      [words.gaps, gaps(data, context)],
      [words.quarantine, held(data, context)],
    ]),
  ])
}

/** How the columns of the newest download came to their days. */
function lastImport(context: PageContext): [name: string, value: string][] {
  const { view, words, formats } = context
  const { lastImport: row } = view
  if (row === null) return []
  const shifts = Object.entries(shiftsOf(row)).map(
    ([pollutant, days]) => `${words.pollutants[pollutant as Pollutant]} ${formats.signed(days)}`,
  )
  const later = row.stretches > 1 ? ` (${words.laterShifts})` : ''
  const [first, last] = [dayText(row.first_day, context), dayText(row.last_day, context)]
  return [
    [words.lastImport, words.importedAt(formats.instant(row.known_at), first, last)],
    [words.labelShifts, `${shifts.join(' · ')}${later}`],
    [words.shiftsFrom, words.alignmentMethods[row.method] ?? row.method],
    [words.alignmentConfidence, words.alignmentConfidences[row.confidence] ?? row.confidence],
  ]
}

function years({ years: all, simulated }: DataQuality, { words, formats }: PageContext): Html {
  const columns = [
    { name: words.year },
    ...[words.final, words.partial, words.modelled, words.missing].map((name) => ({ name, numeric: true })),
  ]
  const cells = all.map(({ year, ...counts }) => [
    year,
    ...[counts.final, counts.partial, counts.modelled, counts.missing].map(formats.whole),
  ])
  return figure({
    title: words.daysByYear,
    mark: simulated ? words.simulated : null,
    tableLabel: words.table,
    table: table(words.daysByYear, columns, cells),
    draw: (width) => yearsChart(all, words, width),
  })
}

function gaps({ gaps: longest }: DataQuality, { words, formats }: PageContext): Html | string {
  if (longest.length === 0) return words.noGaps
  const told = longest.map(({ firstDay, lastDay, days }) => {
    const span = days === 1 ? formats.day(firstDay) : `${formats.day(firstDay)} – ${formats.day(lastDay)}`
    return markup`<li>${words.gapDays(formats.whole(days))}: ${span}</li>`
  })
  return markup`<ul>
    ${told}
  </ul>`
}

function held({ quarantine }: DataQuality, { words, formats }: PageContext): Html | string {
  if (quarantine.length === 0) return words.noQuarantine
  const told = quarantine.map(({ reason, held: count, released }) => {
    const later = released === 0 ? '' : `, ${words.released}: ${formats.whole(released)}`
    return markup`<li>${words.quarantineReasons[reason] ?? reason}: ${formats.whole(count)}${later}</li>`
  })
  return markup`<ul>
    ${told}
  </ul>`
}
