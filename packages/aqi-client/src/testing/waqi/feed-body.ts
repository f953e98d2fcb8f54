import { offsetAt, offsetInstant } from '../../days/zone.ts'
import { seededRandom } from '../../sources/simulator/random.ts'
import type { HourlyReading } from '../../types.ts'
import { forecastDaily } from './forecast-body.ts'
import type { FakeStation, FakeWorld } from './types.ts'

/** Sensors report off the hour. */
const SENSOR_MINUTES = 20 * 60_000 + 22_000

/** The body of `/feed/…` for a station as it stands at `now`. All numbers are invented. */
export function feedBody(world: FakeWorld, station: FakeStation, now: number): object {
  const reading = world.newest(station, now)
  const isAgency = station.kind === 'agency'
  const data = {
    aqi: reading?.aqi ?? '-',
    idx: isAgency ? station.number : -station.number,
    attributions: attributionsOf(station),
    city: {
      geo: [station.geo.latitude, station.geo.longitude],
      name: station.name,
      url: `https://aqicn.org/city/${station.path}`,
      location: isAgency ? '' : 'Some street',
    },
    dominentpol: reading?.dominant ?? '',
    iaqi: reading === null ? {} : iaqiOf(station, reading),
    time: timeOf(station, reading),
  }
  if (!isAgency) return { status: 'ok', data }
  const synced = (reading?.observedAt ?? now) + station.publicationLagMs
  const forecast = { daily: forecastDaily(world, station, now) }
  return { status: 'ok', data: { ...data, forecast, debug: { sync: offsetInstant(synced, 'Asia/Tokyo') } } }
}

/** `YYYY-MM-DD HH:mm:ss` of the station's clock, and its offset. */
export function stampOf(station: FakeStation, instant: number): { readonly s: string; readonly tz: string } {
  const iso = offsetInstant(instant, station.timeZone)
  return { s: iso.slice(0, 19).replace('T', ' '), tz: iso.slice(19) }
}

/** What the reading's time is said to be: off the hour for a sensor. */
export function publishedTime(station: FakeStation, reading: HourlyReading): number {
  return reading.observedAt + (station.kind === 'sensor' ? SENSOR_MINUTES : 0)
}

/** `v` is local time taken for UTC for an agency, the true epoch for a sensor; a dead station has nothing else. */
function timeOf(station: FakeStation, reading: HourlyReading | null): object {
  if (reading === null) return { tz: '+00:00', v: 0 }
  const instant = publishedTime(station, reading)
  const { s, tz } = stampOf(station, instant)
  if (station.kind === 'sensor') {
    return { s, tz, v: instant / 1000, iso: new Date(instant).toISOString().replace('.000Z', 'Z') }
  }
  const v = (instant + offsetAt(instant, station.timeZone)) / 1000
  return { s, tz, v, iso: offsetInstant(instant, station.timeZone) }
}

function iaqiOf(station: FakeStation, reading: HourlyReading): object {
  const random = seededRandom(station.seed, Math.floor(reading.observedAt / 3_600_000))
  const around = (mean: number, spread: number) => Math.round(10 * (mean + spread * random.normal())) / 10
  const humidity = Math.min(100, Math.max(5, around(60, 15)))
  const weather = { t: around(12, 6), h: humidity, p: around(1012, 6) }
  const wind = { w: Math.abs(around(2, 1)), dew: around(4, 5) }
  const all = { ...reading.sub, ...weather, ...(station.kind === 'agency' ? wind : {}) }
  return Object.fromEntries(Object.entries(all).map(([key, v]) => [key, { v }]))
}

function attributionsOf(station: FakeStation): readonly object[] {
  const project = { url: 'https://waqi.info/', name: 'World Air Quality Index Project' }
  return station.kind === 'agency'
    ? [{ url: 'https://agency.example/', name: ' Example Environment Agency ', logo: 'example.png' }, project]
    : [{ url: 'https://sensors.example/', name: 'Example Sensors', station: String(station.number) }, project]
}
