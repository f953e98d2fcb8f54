import { addDays, categoryOf, type Scale } from '@airq/aqi-client'
import { type AqiForecastRow, DECISIONS } from '@airq/feature-groups'
import { plainText } from '../html/html.ts'
import type { LedgerHead } from '../ledger/chain.ts'
import type { SiteFacts } from '../page/station-page.ts'
import type { SpanRecord, TrackRecord } from '../record/track-record.ts'
import type { StationView } from '../station-view.ts'
import { type Feed, FEED_VERSION } from './schema.ts'

type FeedStation = Feed['stations'][number]
type FeedForecast = FeedStation['recent'][number]

const RECENT_DAYS = 14
const LONGEST_TEXT = 2000

export function feedOf(site: SiteFacts): Feed {
  return {
    $schema: 'forecast.schema.json',
    format: 'airq-forecast-feed',
    version: FEED_VERSION,
    generatedAt: new Date(site.now).toISOString(),
    airqVersion: site.airqVersion,
    notice: "A model's estimates: not official forecasts, and not medical advice.",
    observationsPublished: site.publishObservations,
    ledger: headOf(site.ledger),
    stations: site.views.map((view) => stationOf(view, site)),
  }
}

function stationOf(view: StationView, { publishObservations }: SiteFacts): FeedStation {
  const { facts, headline, records } = view
  const since = addDays(view.today, -RECENT_DAYS)
  const recent = view.series
    .flatMap(({ rows }) => rows)
    .filter(({ day }) => day > since)
    .sort((a, b) => b.issued_at - a.issued_at || b.revision - a.revision)
  return {
    id: facts.id,
    name: text(facts.name),
    timeZone: facts.timeZone,
    scale: facts.scale,
    simulated: view.simulated,
    attributions: view.credits.map(({ name, url }) => ({ name: text(name), url })),
    forecast: headline === null ? null : forecastOf(headline, facts.scale),
    recent: recent.map((row) => forecastOf(row, facts.scale)),
    ...(publishObservations
      ? {
          observations: [...view.observed].filter(([day]) => day > since).map(([day, aqi]) => ({ day, aqi })),
        }
      : {}),
    trackRecord: records.map(recordOf),
    ledger: headOf(view.ledger),
  }
}

export function forecastOf(row: AqiForecastRow, scale: Scale): FeedForecast {
  return {
    day: row.day,
    decision: DECISIONS.find((one) => one === row.decision) ?? 'end-of-day',
    issueSlot: row.issue_slot,
    issuedAt: new Date(row.issued_at).toISOString(),
    revision: row.revision,
    horizon: row.horizon,
    aqi: row.aqi,
    lower: row.lower,
    upper: row.upper,
    coverage: row.coverage,
    category: categoryOf(row.aqi, scale).key,
    probabilities: {
      good: share(row.p_good),
      moderate: share(row.p_moderate),
      'unhealthy-sensitive': share(row.p_unhealthy_sensitive),
      unhealthy: share(row.p_unhealthy),
      'very-unhealthy': share(row.p_very_unhealthy),
      hazardous: share(row.p_hazardous),
    },
    informationSet: text(row.information_set),
    model:
      row.model_name === null || row.model_version === null
        ? null
        : { name: text(row.model_name), version: text(row.model_version) },
    fallback: row.fallback,
    simulated: row.simulated,
  }
}

function recordOf(record: TrackRecord): FeedStation['trackRecord'][number] {
  const { decision, hour, total, months, fallbackDays, lateDays, simulated } = record
  return {
    decision,
    hour,
    total: total === null ? null : rounded(total),
    months: months.map(({ month, ...span }) => ({ month, ...rounded(span) })),
    fallbackDays,
    lateDays,
    simulated,
  }
}

/** To a tenth of a point and a hundredth: more digits would tell of single days. */
function rounded({ n, firstDay, lastDay, ...values }: SpanRecord) {
  const hundredth = (value: number) => Math.round(value * 100) / 100
  return {
    n,
    firstDay,
    lastDay,
    mae: Math.round(values.mae * 10) / 10,
    persistenceMae: Math.round(values.persistenceMae * 10) / 10,
    skill: hundredth(values.skill),
    coverage: hundredth(values.coverage),
    classHits: hundredth(values.classHits),
  }
}

function headOf({ rows, head, lastIssuedAt }: LedgerHead): Feed['ledger'] {
  return { rows, head, lastIssuedAt: lastIssuedAt === null ? null : new Date(lastIssuedAt).toISOString() }
}

/** Sums of floating shares may miss 0 and 1 by a hair. */
function share(value: number): number {
  return Math.min(1, Math.max(0, value))
}

function text(value: string): string {
  return plainText(value).slice(0, LONGEST_TEXT)
}
