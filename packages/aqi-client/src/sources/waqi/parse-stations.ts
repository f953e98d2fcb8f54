import { malformed, openEnvelope } from './envelope.ts'
import { stationHitSchema } from './feed-schema.ts'
import { readGeo } from './geo.ts'
import { toIndex } from './numbers.ts'
import type { StationRef } from './observation-schema.ts'
import { plainText } from './plain-text.ts'
import { identify, toStationNumber } from './station-id.ts'
import { readTime } from './time.ts'
import type { StationList } from './types.ts'

/** The stations in the body of a search or of a map. Pure. Throws as `parseFeed` does. */
export function parseStations(json: unknown): StationList {
  const data = openEnvelope(json)
  if (!Array.isArray(data)) throw malformed('the answer is not a list of stations')
  const stations = new Map<string, StationRef>()
  let dropped = 0
  for (const entry of data as readonly unknown[]) {
    const station = readStation(entry)
    if (station === null) dropped++
    else if (!stations.has(station.stationId)) stations.set(station.stationId, station)
  }
  const warnings =
    dropped === 0 ? [] : [{ code: 'stations-dropped', message: `${String(dropped)} entries are no stations` }]
  return { stations: [...stations.values()], warnings }
}

function readStation(entry: unknown): StationRef | null {
  const hit = stationHitSchema.safeParse(entry).data
  const uid = toStationNumber(hit?.uid)
  if (hit === undefined || uid === null || uid === -1) return null
  const { stationId, evidence } = identify(uid, undefined)
  const { name, url, geo, time } = hit.station
  const { observedAt, utcOffset } = readTime({ iso: time, s: hit.time.stime, tz: hit.time.tz })
  return {
    stationId,
    where: uid < 0 ? { sensorId: -uid } : { uid },
    name: plainText(name),
    url: url === undefined || url === '' ? null : url,
    geo: readGeo(geo.length > 0 ? geo : [hit.lat, hit.lon]).geo,
    aqi: toIndex(hit.aqi).value,
    observedAt,
    utcOffset,
    evidence,
  }
}
