import {
  configSchema,
  decisionHoursSchema,
  forecastSchema,
  gateSchema,
  hyperparametersSchema,
  liveSkillSchema,
  locationSchema,
  reportSchema,
  sourceSchemas,
  stationSchema,
  trainingSchema,
  weatherSchema,
} from './schema.ts'
import { jobsSchemas } from './jobs-schemas.ts'
import { featureStoreSchemas, modelRegistrySchemas } from './remote-schemas.ts'
import { missedHoursSchema, watchCoverageSchema, watchSchema, watchSkillSchema } from './watch-schema.ts'
import type { Path } from './yaml-document.ts'

interface WithKeys {
  readonly shape: Readonly<Record<string, unknown>>
}

/** Sections whose keys depend on their `kind`. */
const BY_KIND: Readonly<Record<string, Readonly<Record<string, WithKeys>>>> = {
  'stations[].source': sourceSchemas,
  featureStore: featureStoreSchemas,
  modelRegistry: modelRegistrySchemas,
  jobs: jobsSchemas,
}

const SECTIONS: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(configSchema.shape),
  'stations[]': Object.keys(stationSchema.shape),
  ...Object.fromEntries(
    Object.entries(BY_KIND).map(([section, kinds]) => [
      section,
      [...new Set(Object.values(kinds).flatMap(({ shape }) => Object.keys(shape)))],
    ]),
  ),
  'stations[].location': Object.keys(locationSchema.shape),
  forecast: Object.keys(forecastSchema.shape),
  'forecast.hours': Object.keys(decisionHoursSchema.shape),
  'forecast.liveSkill': Object.keys(liveSkillSchema.shape),
  training: Object.keys(trainingSchema.shape),
  'training.gate': Object.keys(gateSchema.shape),
  'training.hyperparameters': Object.keys(hyperparametersSchema.shape),
  weather: Object.keys(weatherSchema.shape),
  report: Object.keys(reportSchema.shape),
  watch: Object.keys(watchSchema.shape),
  'watch.missedHours': Object.keys(missedHoursSchema.shape),
  'watch.skill': Object.keys(watchSkillSchema.shape),
  'watch.coverage': Object.keys(watchCoverageSchema.shape),
}

/** The keys allowed in the mapping at a path; `kind` is what its key of that name holds. */
export function knownKeys(path: Path, kind: unknown): readonly string[] {
  const section = sectionOf(path)
  const ofKind = Object.entries(BY_KIND[section] ?? {}).find(([name]) => name === kind)?.[1]
  return ofKind === undefined ? (SECTIONS[section] ?? []) : Object.keys(ofKind.shape)
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
