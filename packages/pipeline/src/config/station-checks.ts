import { assertTimeZone } from '@airq/aqi-client'
import { nearestTimeZone } from './suggestions.ts'
import { problemAt, quoted, valueAt } from './config-problems.ts'
import { liveSkillSchema } from './schema.ts'
import type { Path, Problem, YamlDocument } from './yaml-document.ts'

/** What the schema cannot see: zones that exist, entries that differ from each other. */
export function checkAcrossEntries(document: YamlDocument): Problem[] {
  const { data } = document
  const stations = listAt(data, ['stations'])
  return [
    ...stations.flatMap((_, index) => badTimeZone(document, ['stations', index, 'timeZone'])),
    ...stations.flatMap((_, index) => missingLocation(document, ['stations', index])),
    ...repeated(
      document,
      stations.map((_, index) => ['stations', index, 'id']),
    ),
    ...repeated(
      document,
      stations.map((_, index) => ['stations', index, 'name']),
    ),
    ...moreThanThereAre(document, ['forecast', 'liveSkill']),
    ...['forecast.decisions', 'training.candidates'].flatMap((name) => {
      const list = name.split('.')
      return repeated(
        document,
        listAt(data, list).map((_, index) => [...list, index]),
      )
    }),
  ]
}

function listAt(data: unknown, path: Path): readonly unknown[] {
  const value = valueAt(data, path)
  return Array.isArray(value) ? value : []
}

const LIVE = ['waqi', 'open-meteo']

/** A live source can answer with another place than was meant: only the location tells. */
function missingLocation(document: YamlDocument, path: Path): Problem[] {
  const kind = valueAt(document.data, [...path, 'source', 'kind'])
  if (typeof kind !== 'string' || !LIVE.includes(kind)) return []
  if (valueAt(document.data, [...path, 'location']) !== undefined) return []
  const advice = 'needs "location: { latitude, longitude }": answers from elsewhere are refused by it'
  return [problemAt(document, [...path, 'source', 'kind'], 'value', advice)]
}

/** More outcomes than days: they would never be there. */
function moreThanThereAre(document: YamlDocument, path: Path): Problem[] {
  const given = valueAt(document.data, path)
  const { success, data } = liveSkillSchema.safeParse(given ?? {})
  if (!success || data.leastDays <= data.days) return []
  const at = [...path, valueAt(given, ['leastDays']) === undefined ? 'days' : 'leastDays']
  const text = `leaves nothing to judge: ${String(data.leastDays)} outcomes (leastDays) of ${String(data.days)} days (days)`
  return [problemAt(document, at, 'value', text)]
}

function badTimeZone(document: YamlDocument, path: Path): Problem[] {
  const zone = valueAt(document.data, path)
  if (typeof zone !== 'string' || isTimeZone(zone)) return []
  const close = nearestTimeZone(zone)
  const advice = close === null ? '; use an IANA name like Asia/Shanghai' : `; did you mean "${close}"?`
  return [problemAt(document, path, 'value', `is not a time zone: ${quoted(zone)}${advice}`)]
}

/** A place has rules, an offset like +08:00 has none: only names are taken. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    assertTimeZone(name)
    return true
  } catch {
    return false
  }
}

function repeated(document: YamlDocument, paths: readonly Path[]): Problem[] {
  const seen = new Set<string>()
  return paths.flatMap((path) => {
    const value = valueAt(document.data, path)
    if (typeof value !== 'string') return []
    const word = value.trim().toLowerCase()
    if (seen.has(word)) return [problemAt(document, path, 'value', `is there twice: ${quoted(value)}`)]
    seen.add(word)
    return []
  })
}
