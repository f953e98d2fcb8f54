import type { AqiIdentityRow, AqiStationRow } from '@airq/feature-groups'
import { resultsOf, spanText } from './results.ts'
import type { CheckResult, Question, StationFacts } from './types.ts'

const DAY_MS = 86_400_000
const RADIUS_KM = 6371
/** Sources round places. */
const MOVED_KM = 1

export interface IdentityCheck {
  readonly result: CheckResult
  /** Who the station counts as from now on; `null` while nobody has told. */
  readonly identity: AqiIdentityRow | null
}

/**
 * Whether the source still tells the same id, name and place. Another one is an alert until the source tells the old
 * one again, or until it has told the new one for `identityDays`: then that is who the station is.
 */
export function identityChanged({ id, told, identity }: StationFacts, question: Question): IdentityCheck {
  const { now, thresholds } = question
  const results = resultsOf('identity-changed', id, 'critical')
  if (thresholds.identityDays === 0) return { result: results.off(), identity }
  if (told === null) return { result: results.notEnough('no pull has told who the station is'), identity }
  if (identity === null) {
    return { result: results.ok('seen for the first time'), identity: adopted(told, now) }
  }
  const changes = changesOf(identity, told)
  if (changes.length === 0) {
    const same = identity.changed_ms === null ? identity : { ...identity, changed_ms: null, known_at: now }
    return { result: results.ok('the source tells the same station as before'), identity: same }
  }
  const since = identity.changed_ms ?? now
  if (now - since >= thresholds.identityDays * DAY_MS) {
    const days = String(thresholds.identityDays)
    return {
      result: results.ok(`what the source has told for ${days} days counts as the station's own`),
      identity: adopted(told, now),
    }
  }
  return {
    result: results.alert(
      `the source tells another ${changes.join(', ')} than before${now > since ? `, for ${spanText(now - since)}` : ''}`,
      'See whether it is still the station you mean. If not, give the new one an id of its own in the configuration.',
    ),
    identity: { ...identity, changed_ms: since, known_at: now },
  }
}

function adopted(told: AqiStationRow, now: number): AqiIdentityRow {
  const { station, source, source_id, name, latitude, longitude } = told
  const identity = { station, source, source_id, name, latitude, longitude }
  return { ...identity, since_ms: now, changed_ms: null, known_at: now }
}

function changesOf(before: AqiIdentityRow, told: AqiStationRow): string[] {
  const moved = distanceKm(before, told)
  return [
    ...(before.source === told.source ? [] : ['source']),
    ...(before.source_id === told.source_id ? [] : ['id']),
    ...(before.name === null || told.name === null || plain(before.name) === plain(told.name)
      ? []
      : ['name']),
    ...(moved !== null && moved > MOVED_KM ? [`place (${moved.toFixed(0)} km away)`] : []),
  ]
}

function plain(name: string): string {
  return name.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim()
}

type Place = Pick<AqiStationRow, 'latitude' | 'longitude'>

/** Along the great circle; `null` where either place is unknown. */
function distanceKm(a: Place, b: Place): number | null {
  if (a.latitude === null || a.longitude === null || b.latitude === null || b.longitude === null) return null
  const rad = (degrees: number) => (degrees * Math.PI) / 180
  const [north, east] = [rad(b.latitude - a.latitude), rad(b.longitude - a.longitude)]
  const h =
    Math.sin(north / 2) ** 2 + Math.cos(rad(a.latitude)) * Math.cos(rad(b.latitude)) * Math.sin(east / 2) ** 2
  return 2 * RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(h)))
}
