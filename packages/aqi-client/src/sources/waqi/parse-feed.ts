import { AqiError } from '../../errors.ts'
import type { GeoPoint, HourlyReading, Observation, SubIndices } from '../../types.ts'
import { readAttributions } from './attributions.ts'
import { malformed, noStation, openEnvelope } from './envelope.ts'
import { feedSchema, type FeedPayload } from './feed-schema.ts'
import { readForecast } from './forecast.ts'
import { distanceKm, readGeo } from './geo.ts'
import { isBlank, toIndex } from './numbers.ts'
import { plainText, quoted } from './plain-text.ts'
import { isRecord } from './record.ts'
import { identify, toStationNumber, type StationIdentity } from './station-id.ts'
import { readTime, type ObservedTime } from './time.ts'
import type { Where } from './types.ts'
import { readIaqi, warnOfIndex, type IaqiValues } from './values.ts'
import { createWarningList, type WarningList } from './warning-list.ts'

export const DEFAULT_MAX_AGE_MS = 6 * 3_600_000
/** Clocks may differ by so much. */
const CLOCK_SLACK_MS = 15 * 60_000
const FARTHEST_KM = 50
/** What WAQI answers for when it has found no station. */
const NO_STATION = -1

export interface ParseFeedOptions {
  readonly requested?: Where | undefined
  /** Epoch ms, an integer. */
  readonly fetchedAt: number
  /** Default 6 h. */
  readonly maxAgeMs?: number | undefined
  readonly raw?: boolean | undefined
  readonly strict?: boolean | undefined
  readonly near?: GeoPoint | undefined
}

/**
 * The observation in the body of a `/feed/…` answer. Pure: the same body and options give the same observation.
 * Throws `AqiError` `malformed` for what is no feed, `not-found`, `station-mismatch`, and what the body tells of.
 */
export function parseFeed(json: unknown, options: ParseFeedOptions): Observation {
  const payload = feedPayload(openEnvelope(json))
  const feed = feedSchema.parse(payload)
  const warnings = createWarningList()
  const identity = identityOf(feed, options, warnings)
  const time = readTime(feed.time)
  const values = readIaqi(feed.iaqi, warnings)
  return {
    source: 'waqi',
    stationId: identity.stationId,
    name: plainText(feed.city.name),
    url: feed.city.url === '' ? null : (feed.city.url ?? null),
    geo: placeOf(feed, options, warnings),
    ...ageOf(time, options, warnings),
    aqi: aqiOf(feed, values.sub, warnings),
    dominant: dominantOf(feed, values, warnings),
    ...values,
    unit: 'sub-index',
    scale: 'us-epa-2015',
    evidence: identity.evidence,
    attributions: readAttributions(feed.attributions, warnings),
    forecast: readForecast(feed.forecast.daily, warnings),
    ...(options.raw === true ? { raw: payload } : {}),
    warnings: warnings.toArray(),
  }
}

/** The largest sub-index, for where no AQI is published; `null` where there is none either. */
export function derivedAqi(sub: SubIndices): number | null {
  const values = Object.values(sub)
  return values.length === 0 ? null : Math.max(...values)
}

/** The hour that an observation is of; `null` where it has no hour or no value. */
export function toHourlyReading(observation: Observation): HourlyReading | null {
  const { observedAt, hour, sub, aqi, dominant, unit, scale, evidence, fetchedAt } = observation
  if (observedAt === null || hour === null) return null
  if (aqi === null && Object.keys(sub).length === 0) return null
  return { hour, observedAt, sub, aqi, dominant, unit, scale, evidence, knownAt: fetchedAt }
}

/** Refuses everything that is no feed as a whole, so that no half-empty record comes of it. */
function feedPayload(data: unknown): Readonly<Record<string, unknown>> {
  if (isFeed(data)) return data
  const obs = isRecord(data) ? data['obs'] : undefined
  const first: unknown = Array.isArray(obs) ? obs[0] : undefined
  const message = isRecord(first) ? first['msg'] : undefined
  if (isFeed(message)) return message
  throw malformed('the answer is not the feed of a station')
}

function isFeed(data: unknown): data is Readonly<Record<string, unknown>> {
  if (!isRecord(data)) return false
  const idx = toStationNumber(data['idx'])
  if (idx === null) return false
  return idx === NO_STATION || ['aqi', 'iaqi', 'time'].some((part) => Object.hasOwn(data, part))
}

function identityOf(
  feed: FeedPayload,
  { requested, strict }: ParseFeedOptions,
  warnings: WarningList,
): StationIdentity {
  const idx = toStationNumber(feed.idx)
  if (idx === null) throw malformed('the answer is not the feed of a station')
  if (idx === NO_STATION) throw noStation('WAQI has found no station')
  const identity = identify(idx, requested)
  if (!identity.isRequested) {
    const message = `station ${identity.stationId} answers for another one`
    if (strict === true) throw noStation(`WAQI: ${message}`)
    warnings.add('station-mismatch', message)
  }
  return identity
}

function placeOf(feed: FeedPayload, { near }: ParseFeedOptions, warnings: WarningList): GeoPoint | null {
  const { geo, isSwapped } = readGeo(feed.city.geo)
  if (isSwapped) warnings.add('geo-swapped', 'latitude and longitude came in the wrong order')
  if (near === undefined) return geo
  if (geo === null) warnings.add('place-unknown', 'the answer does not say where the station stands')
  else assertNear(geo, near)
  return geo
}

function assertNear(geo: GeoPoint, near: GeoPoint): void {
  const distance = distanceKm(geo, near)
  if (distance <= FARTHEST_KM) return
  throw new AqiError(
    'station-mismatch',
    `WAQI answers for a station ${distance.toFixed(0)} km from where it should stand`,
    { hint: 'Ask for the station by its number.' },
  )
}

function ageOf(
  time: ObservedTime,
  { fetchedAt, maxAgeMs = DEFAULT_MAX_AGE_MS }: ParseFeedOptions,
  warnings: WarningList,
): ObservedTime & Pick<Observation, 'fetchedAt' | 'ageMs' | 'stale'> {
  const ageMs = time.observedAt === null ? null : fetchedAt - time.observedAt
  if (ageMs === null) warnings.add('no-time', 'the answer does not say when it was observed')
  else if (time.hour === null) warnings.add('no-offset', 'the answer does not say what the local time was')
  if (ageMs !== null && ageMs < -CLOCK_SLACK_MS) {
    warnings.add('clock', `it was observed ${String(Math.round(-ageMs / 60_000))} minutes in the future`)
  }
  return { ...time, fetchedAt, ageMs, stale: ageMs === null || ageMs > maxAgeMs }
}

function aqiOf(feed: FeedPayload, sub: SubIndices, warnings: WarningList): number | null {
  const { value, problem } = toIndex(feed.aqi)
  warnOfIndex('aqi', feed.aqi, problem, warnings)
  if (isBlank(feed.aqi)) {
    const derived = derivedAqi(sub)
    const instead = derived === null ? '' : `; the largest sub-index is ${String(derived)}`
    warnings.add('aqi-missing', `no AQI is published${instead}`)
  }
  return value
}

function dominantOf(feed: FeedPayload, values: IaqiValues, warnings: WarningList): string | null {
  const dominant = plainText(feed.dominentpol)
  if (dominant === null) return null
  const isMeasured = [values.sub, values.weather, values.extra].some((part) => Object.hasOwn(part, dominant))
  if (!isMeasured) warnings.add('dominant-not-measured', `${quoted(dominant)} has no value`)
  return dominant
}
