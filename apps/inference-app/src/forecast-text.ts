import { CATEGORIES, categoryOf, type LocalDay } from '@airq/aqi-client'
import type { LedgerEntry } from '@airq/feature-groups'
import { mark, paint, type Terminal } from '@airq/pipeline'
import { CLASS_STYLES, intervalLines, recentLines } from './forecast-chart.ts'
import type { Issued } from './inference.ts'
import { FALLBACK_REASONS } from './speakers.ts'
import { describeRecord } from './track-record.ts'

/** A forecast as a person reads it: day, zone and scale named. */
export function describeForecast(
  stationName: string,
  { recorded: { entry, revision, new: isNew }, cached, fallbackReason, record, recent }: Issued,
  terminal: Terminal,
): string {
  const likely = CATEGORIES[entry.scale]
    .map(({ key, label }) => ({ label, share: entry.probabilities[key] }))
    .filter(({ share }) => share >= 0.005)
    .map(({ label, share }) => `${label} ${percent(share)}`)
  const lines = [
    `${stationName}, ${longDay(entry.day)} (${entry.timeZone})`,
    `${painted(`AQI ${String(entry.aqi)}, ${categoryOf(entry.aqi, entry.scale).label}`, entry, terminal)}; ${percent(entry.coverage)} interval ${String(entry.lower)} to ${String(entry.upper)}`,
    `  ${likely.join(' · ')}`,
    ...intervalLines(entry, terminal).map((line) => `  ${line}`),
    ...recentLines(recent, terminal).map((line) => `  ${line}`),
    `  scale ${entry.scale}, the day's mean of hourly sub-indices; not an official forecast`,
    `  decided ${entry.decision} ${momentOf(entry)}, last final day ${entry.lastFinalDay}, lead ${String(entry.lead)}, information ${entry.informationSet}`,
    `  ${entry.model === null ? `FALLBACK: ${FALLBACK_REASONS[fallbackReason ?? 'no-model']}, a plain rule` : `model ${entry.model.name} ${entry.model.version}`}; interval from ${entry.intervalMethod}`,
    ...(record === null
      ? []
      : [
          `  ${record.alarm ? 'LIVE SKILL: persistence did better,' : 'as issued, beside persistence:'} ${describeRecord(record)}`,
        ]),
    ...(cached === undefined
      ? []
      : [`  CACHED: the registry could not be asked; this model served at ${cached.since}`]),
    `  ledger: revision ${String(revision)}, ${isNew ? 'written' : 'there already, nothing written'}`,
  ]
  return mark(lines.join('\n'), entry.simulated)
}

/** In the colour of its class, which the words beside name. */
function painted(text: string, { aqi, scale }: LedgerEntry, { colour }: Terminal): string {
  const { key } = categoryOf(aqi, scale)
  const index = CATEGORIES[scale].findIndex((category) => category.key === key)
  return paint(CLASS_STYLES[index] ?? 'reset', text, colour)
}

/** The day that ended, or the local hour. */
function momentOf({ decision, issueSlot, hoursToday }: LedgerEntry): string {
  if (decision === 'end-of-day') return issueSlot.slice(0, 10)
  const hours = hoursToday === null ? '' : `, ${String(hoursToday)} hours of that day`
  return `${issueSlot.replace('T', ' ')}:00${hours}`
}

function percent(share: number): string {
  return `${String(Math.round(share * 100))} %`
}

/** `Tuesday, 6 January 2026`. */
function longDay(day: LocalDay): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeZone: 'UTC' }).format(
    new Date(`${day}T00:00:00Z`),
  )
}
