import type { GeoPoint } from '../../types.ts'
import { toNumber } from './numbers.ts'

const EARTH_RADIUS_KM = 6371.0088

export interface ReadGeo {
  readonly geo: GeoPoint | null
  /** It came as longitude, latitude and was put right. */
  readonly isSwapped: boolean
}

/** A point from `[latitude, longitude]`, numbers or text. Null Island stands for "not known". */
export function readGeo(pair: readonly unknown[]): ReadGeo {
  const [first, second] = [toNumber(pair[0]), toNumber(pair[1])]
  if (first === null || second === null || (first === 0 && second === 0))
    return { geo: null, isSwapped: false }
  if (isPoint(first, second)) return { geo: { latitude: first, longitude: second }, isSwapped: false }
  if (isPoint(second, first)) return { geo: { latitude: second, longitude: first }, isSwapped: true }
  return { geo: null, isSwapped: false }
}

/** True for degrees that exist. */
export function isPoint(latitude: number, longitude: number): boolean {
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180
}

/** Kilometres between two points along the great circle (haversine, mean radius). */
export function distanceKm(a: GeoPoint, b: GeoPoint): number {
  const radians = Math.PI / 180
  const halfLatitude = ((b.latitude - a.latitude) * radians) / 2
  const halfLongitude = ((b.longitude - a.longitude) * radians) / 2
  const h =
    Math.sin(halfLatitude) ** 2 +
    Math.cos(a.latitude * radians) * Math.cos(b.latitude * radians) * Math.sin(halfLongitude) ** 2
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(h)))
}
