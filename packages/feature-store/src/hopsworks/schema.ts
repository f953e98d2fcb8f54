import { groupLabel } from '../definition.ts'
import { FeatureStoreError } from '../errors.ts'
import type { AnyFeatureGroup, Column } from '../types.ts'
import { badConfig, type Settings } from './settings.ts'
import type { FeatureDto, GroupDto } from './wire.ts'

/** Hopsworks knows no nullability: the description of a feature tells it, to people and to us. */
const NEVER_NULL = 'Never null.'
const MAX_DESCRIPTION = 256
const KEY_LENGTH = 100
const TEXT_LENGTH = 255

/** The body that creates a group. */
export function toGroupDto(
  group: AnyFeatureGroup,
  featurestoreId: number,
  timeTravelFormat: string,
  settings: Settings,
): object {
  return {
    type: settings.groupType,
    name: group.name,
    version: group.version,
    description: cut(group.description, MAX_DESCRIPTION),
    featurestoreId,
    onlineEnabled: true,
    timeTravelFormat,
    eventTime: group.eventTime,
    features: Object.entries(group.columns).map(([name, column]) =>
      toFeatureDto(group, name, column, settings.textLengths),
    ),
    // Statistics cost Spark time at every write.
    statisticsConfig: {
      enabled: false,
      histograms: false,
      correlations: false,
      exactUniqueness: false,
      columns: [],
    },
  }
}

export function toFeatureDto(
  group: AnyFeatureGroup,
  name: string,
  { type, nullable, description }: Column,
  textLengths: Readonly<Record<string, number>>,
): FeatureDto & Record<string, unknown> {
  const primary = group.primaryKey.includes(name)
  const note = nullable === true ? '' : ` ${NEVER_NULL}`
  return {
    name,
    type,
    description: `${cut(description, MAX_DESCRIPTION - note.length)}${note}`,
    primary,
    partition: false,
    foreign: false,
    // Hudi wants exactly one; of two rows of one write with one key it would keep the larger.
    hudiPrecombineKey: name === group.eventTime,
    onlineType: onlineType(type, textLengths[name] ?? (primary ? KEY_LENGTH : TEXT_LENGTH)),
    defaultValue: null,
    onDemand: false,
  }
}

function onlineType(type: Column['type'], length: number): string {
  if (!Number.isInteger(length) || length < 1) {
    throw badConfig(`A text length is ${String(length)}.`, 'Give textLengths in whole bytes.')
  }
  return type === 'string' ? `varchar(${String(length)})` : type === 'boolean' ? 'tinyint' : type
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`
}

/**
 * The columns the store lacks, if the group is otherwise the same.
 * @throws FeatureStoreError `schema-mismatch`, naming every difference
 */
export function appendedColumns(group: AnyFeatureGroup, stored: GroupDto): string[] {
  const known = new Map(stored.features.map((feature) => [feature.name, feature]))
  const problems = [...changedFeatures(group, stored), ...changedKeys(group, stored)]
  const appended: string[] = []
  for (const [name, column] of Object.entries(group.columns)) {
    if (known.has(name)) continue
    if (column.nullable === true) appended.push(name)
    else problems.push(`column "${name}" is new and not nullable`)
  }
  if (problems.length === 0) return appended
  throw new FeatureStoreError(
    'schema-mismatch',
    `Group ${groupLabel(group)} differs from what Hopsworks holds: ${problems.join('; ')}.`,
    {
      fault: 'input',
      where: group.name,
      hint: 'Declare a new version of the group, then read the rows of the old one and upsert them into it.',
    },
  )
}

function changedFeatures(group: AnyFeatureGroup, { features }: GroupDto): string[] {
  // A group made by another program says nothing of nulls; then nothing is compared.
  const tellsNulls = features.some(neverNull)
  const problems: string[] = []
  for (const feature of features) {
    const { name, type } = feature
    const column = group.columns[name]
    if (column === undefined) {
      problems.push(`column "${name}" is missing`)
      continue
    }
    if (type.toLowerCase() !== column.type) {
      problems.push(`column "${name}" was ${type.toLowerCase()} and is ${column.type}`)
    }
    if (tellsNulls && neverNull(feature) === (column.nullable === true)) {
      problems.push(`column "${name}" was ${neverNull(feature) ? 'not nullable' : 'nullable'}`)
    }
  }
  return problems
}

function neverNull({ description }: FeatureDto): boolean {
  return description?.endsWith(NEVER_NULL) === true
}

/** Hopsworks keeps no order of the key columns. */
function changedKeys(group: AnyFeatureGroup, { features, eventTime }: GroupDto): string[] {
  const was = features.filter(({ primary }) => primary === true).map(({ name }) => name)
  const problems: string[] = []
  if ([...was].sort().join() !== [...group.primaryKey].sort().join()) {
    problems.push(`the primary key was (${was.join(', ')}) and is (${group.primaryKey.join(', ')})`)
  }
  if (eventTime !== group.eventTime) {
    problems.push(`the event time was "${eventTime ?? ''}" and is "${group.eventTime}"`)
  }
  return problems
}
