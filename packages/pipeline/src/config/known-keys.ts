import {
  configSchema,
  featureStoreSchema,
  forecastSchema,
  gateSchema,
  locationSchema,
  modelRegistrySchema,
  sourceSchemas,
  stationSchema,
  trainingSchema,
  weatherSchema,
} from './schema.ts'
import type { Path } from './yaml-document.ts'

const SECTIONS: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(configSchema.shape),
  'stations[]': Object.keys(stationSchema.shape),
  'stations[].source': [...new Set(Object.values(sourceSchemas).flatMap(({ shape }) => Object.keys(shape)))],
  'stations[].location': Object.keys(locationSchema.shape),
  forecast: Object.keys(forecastSchema.shape),
  featureStore: Object.keys(featureStoreSchema.shape),
  modelRegistry: Object.keys(modelRegistrySchema.shape),
  training: Object.keys(trainingSchema.shape),
  'training.gate': Object.keys(gateSchema.shape),
  weather: Object.keys(weatherSchema.shape),
}

/** The keys allowed in the mapping at a path; `kind` is what its key of that name holds. */
export function knownKeys(path: Path, kind: unknown): readonly string[] {
  const section = sectionOf(path)
  if (section === 'stations[].source') {
    const schema = Object.entries(sourceSchemas).find(([name]) => name === kind)?.[1]
    if (schema !== undefined) return Object.keys(schema.shape)
  }
  return SECTIONS[section] ?? []
}

/** Every key with its section, `stations[].timeZone`, by its last part. */
export function sectionsHolding(key: string): readonly string[] {
  return Object.entries(SECTIONS)
    .filter(([section, keys]) => section !== '' && keys.includes(key))
    .map(([section]) => `${section}.${key}`)
}

export function allKeys(): readonly string[] {
  return [...new Set(Object.values(SECTIONS).flat())]
}

function sectionOf(path: Path): string {
  return formatPath(path).replaceAll(/\[\d+\]/g, '[]')
}

/** `stations[0].source.kind` */
export function formatPath(path: Path): string {
  return path
    .map((segment, index) =>
      typeof segment === 'number' ? `[${String(segment)}]` : `${index === 0 ? '' : '.'}${String(segment)}`,
    )
    .join('')
}
