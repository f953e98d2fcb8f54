import { AqiError } from '../../errors.ts'
import type { GeoPoint } from '../../types.ts'
import { isPoint } from './geo.ts'
import type { Box, Where } from './types.ts'

export const PUBLIC_URL = 'https://api.waqi.info'
export const VENDOR_HOSTS = ['api.waqi.info'] as const
const LONGEST_TEXT = 200
/** Words that stand for something else than a city in a feed's path. */
const OTHER_FEED = /^(?:@|geo:|here$|A\d+$)/i

/** Where the API is, without a slash at the end. Throws `AqiError` `config`. */
export function checkedBaseUrl(text: string): string {
  const url = URL.parse(text)
  const isPlain = url?.search === '' && url.hash === '' && url.username === '' && url.password === ''
  if (url === null || !isPlain || !/^https?:$/.test(url.protocol)) {
    throw config('the base URL is not a plain http address', `Write it like ${PUBLIC_URL}.`)
  }
  return url.href.replace(/\/+$/, '')
}

/** The path of a station's feed, with segments encoded. Throws `AqiError` `config` for a place that can't be. */
export function feedPath(where: Where): string {
  if ('uid' in where) return `/feed/@${stationNumber(where.uid)}/`
  if ('sensorId' in where) return `/feed/A${stationNumber(where.sensorId)}/`
  if ('geo' in where) return `/feed/geo:${degrees(where.geo).join(';')}/`
  return 'city' in where ? `/feed/${citySegments(where.city).join('/')}/` : '/feed/here/'
}

/** The words of a search, trimmed. Throws `AqiError` `config`. */
export function checkedKeyword(text: string): string {
  return checkedText(text, 'the search text')
}

/** `south,west,north,east` of a box. Throws `AqiError` `config`. */
export function latlngOf({ from, to }: Box): string {
  degrees(from)
  degrees(to)
  const [south, north] = [from.latitude, to.latitude].sort((a, b) => a - b)
  const [west, east] = [from.longitude, to.longitude].sort((a, b) => a - b)
  return [south, west, north, east].map((value) => decimal(value ?? 0)).join(',')
}

export function checkedPoint(point: GeoPoint): GeoPoint {
  degrees(point)
  return point
}

export function config(message: string, hint: string): AqiError {
  return new AqiError('config', message, { fault: 'input', hint })
}

function stationNumber(value: number): string {
  if (Number.isSafeInteger(value) && value > 0) return String(value)
  throw config(
    'a station’s number is a whole number above 0',
    'Take it from the station’s page: 1451 for @1451, and as sensorId 372382 for A372382.',
  )
}

function degrees({ latitude, longitude }: GeoPoint): readonly [string, string] {
  const isNumeric = typeof latitude === 'number' && typeof longitude === 'number'
  // NaN is in no range.
  if (isNumeric && isPoint(latitude, longitude)) return [decimal(latitude), decimal(longitude)]
  throw config('that is no point on Earth', 'Give latitude −90 to 90 and longitude −180 to 180, in degrees.')
}

/** Never in exponential notation; 0.1 m is near enough. */
function decimal(value: number): string {
  return String(Number(value.toFixed(6)) + 0)
}

function citySegments(city: string): readonly string[] {
  const text = checkedText(city, 'the city')
  if (OTHER_FEED.test(text)) {
    throw config('the city reads like another kind of place', 'Ask by uid, sensorId, geo or here instead.')
  }
  const segments = text.split('/').filter((segment) => segment !== '')
  if (segments.length === 0 || segments.some((segment) => /^\.+$/.test(segment.trim()))) {
    throw config('the city is not a name or a path', 'Write it like beijing or netherland/utrecht/griftpark.')
  }
  return segments.map((segment) => encodeURIComponent(segment))
}

function checkedText(text: string, what: string): string {
  const trimmed = typeof text === 'string' ? text.trim() : ''
  if (trimmed === '') throw config(`${what} is empty`, 'Give at least one letter.')
  if (trimmed.length > LONGEST_TEXT || /\p{Cc}/u.test(trimmed) || !trimmed.isWellFormed()) {
    throw config(
      `${what} is too long or holds characters that no name has`,
      `Give at most ${String(LONGEST_TEXT)} characters on one line.`,
    )
  }
  return trimmed
}
