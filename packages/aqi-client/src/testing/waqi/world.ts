import { addDays, dayFromNumber, dayNumber } from '../../days/local-day.ts'
import { dayOfHour } from '../../days/local-hour.ts'
import { localDayAt } from '../../days/zone.ts'
import { seededRandom } from '../../sources/simulator/random.ts'
import { simulatedHours } from '../../sources/simulator/simulated-hours.ts'
import { POLLUTANTS, type HourlyReading, type LocalDay } from '../../types.ts'
import type { FakeStation, FakeWorld } from './types.ts'

const HOUR = 3_600_000
/** Days are simulated by the block. */
const BLOCK_DAYS = 32
const FARTHEST_BACK_DAYS = 40

type Place = Pick<FakeStation, 'number' | 'kind' | 'name' | 'path' | 'geo' | 'timeZone'>

// prettier-ignore
const PLACES: readonly Place[] = [
  { number: 1451, kind: 'agency', name: 'Beijing (北京)', path: 'beijing', geo: { latitude: 39.95, longitude: 116.47 }, timeZone: 'Asia/Shanghai' },
  { number: 1437, kind: 'agency', name: 'Shanghai (上海)', path: 'shanghai', geo: { latitude: 31.2, longitude: 121.45 }, timeZone: 'Asia/Shanghai' },
  { number: 2001, kind: 'agency', name: 'Kanaal, Utrecht', path: 'netherland/utrecht/kanaal', geo: { latitude: 52.1, longitude: 5.13 }, timeZone: 'Europe/Amsterdam' },
  { number: 2002, kind: 'agency', name: 'Escola, Lisboa', path: 'portugal/lisboa/escola', geo: { latitude: 38.74, longitude: -9.15 }, timeZone: 'Europe/Lisbon' },
  { number: 2003, kind: 'agency', name: 'Harbour, Sydney', path: 'australia/sydney/harbour', geo: { latitude: -33.86, longitude: 151.2 }, timeZone: 'Australia/Sydney' },
  { number: 2004, kind: 'agency', name: 'Maidan, Kolkata', path: 'india/kolkata/maidan', geo: { latitude: 22.55, longitude: 88.35 }, timeZone: 'Asia/Kolkata' },
  { number: 372382, kind: 'sensor', name: 'Hill Street', path: 'usa/california/hill-street', geo: { latitude: 34.05, longitude: -118.25 }, timeZone: 'America/Los_Angeles' },
  { number: 372383, kind: 'sensor', name: 'Gartenweg', path: 'germany/berlin/gartenweg', geo: { latitude: 52.5, longitude: 13.4 }, timeZone: 'Europe/Berlin' },
]

/** Stations here and there, the same for the same seed: agencies' and citizens', with lags of 0.6 to 3.5 hours. */
export function defaultStations(seed = 1): readonly FakeStation[] {
  return PLACES.map((place) => {
    const random = seededRandom(seed, place.number)
    const isAgency = place.kind === 'agency'
    const lagHours = isAgency ? 0.6 + 2.9 * random.uniform() : 0.1
    const daysAgo = Math.floor(3 * random.uniform())
    return {
      ...place,
      seed: seed * 1_000_003 + place.number,
      pollutants: isAgency ? POLLUTANTS : ['pm25', 'pm10'],
      publicationLagMs: Math.round(lagHours * HOUR),
      outages: [],
      forecastStartsDaysAgo: daysAgo === 2 ? 2 : daysAgo === 1 ? 1 : 0,
    }
  })
}

export function createFakeWorld(stations: readonly FakeStation[]): FakeWorld {
  const blocks = new Map<string, ReadonlyMap<LocalDay, readonly HourlyReading[]>>()

  function hoursOf(station: FakeStation, day: LocalDay): readonly HourlyReading[] {
    const block = Math.floor(dayNumber(day) / BLOCK_DAYS)
    const key = [station.seed, station.timeZone, station.pollutants.join(), block].join(' ')
    const known = blocks.get(key) ?? simulateBlock(station, block)
    blocks.set(key, known)
    return known.get(day) ?? []
  }

  function newest(station: FakeStation, now: number): HourlyReading | null {
    const today = localDayAt(now, station.timeZone)
    const isOut = ({ observedAt }: HourlyReading) =>
      observedAt + station.publicationLagMs <= now &&
      !station.outages.some(({ from, to }) => from <= observedAt && observedAt < to)
    for (let back = 0; back <= FARTHEST_BACK_DAYS; back++) {
      const reading = hoursOf(station, addDays(today, -back)).findLast(isOut)
      if (reading !== undefined) return reading
    }
    return null
  }
  return { stations, hoursOf, newest }
}

function simulateBlock(station: FakeStation, block: number): ReadonlyMap<LocalDay, readonly HourlyReading[]> {
  const firstDay = dayFromNumber(block * BLOCK_DAYS)
  const lastDay = addDays(firstDay, BLOCK_DAYS - 1)
  const { seed, timeZone } = station
  const hours = [...simulatedHours({ seed, timeZone, firstDay, lastDay })]
  return Map.groupBy(
    hours.map((reading) => asMeasured(station, reading)),
    ({ hour }) => dayOfHour(hour),
  )
}

/** What of the air this station measures. */
function asMeasured(station: FakeStation, reading: HourlyReading): HourlyReading {
  const measured = station.pollutants.flatMap((pollutant) => {
    const value = reading.sub[pollutant]
    return value === undefined ? [] : [[pollutant, value] as const]
  })
  const top = measured.toSorted(([, a], [, b]) => b - a)[0]
  return {
    ...reading,
    sub: Object.fromEntries(measured),
    aqi: top?.[1] ?? null,
    dominant: top?.[0] ?? null,
    evidence: station.kind === 'agency' ? 'station' : 'sensor',
    knownAt: reading.observedAt + station.publicationLagMs,
  }
}
