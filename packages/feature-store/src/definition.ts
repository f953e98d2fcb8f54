import { FeatureStoreError } from './errors.ts'
import type { AnyFeatureGroup, Columns, FeatureGroupDefinition } from './types.ts'

const columnTypes: readonly string[] = ['string', 'boolean', 'int', 'bigint', 'double']
const keyTypes: readonly string[] = ['string', 'int', 'bigint']

/** Written by the store itself, beside a group's own columns. */
const reservedColumns: readonly string[] = ['created_at', 'replaced_at']

const validated = new WeakSet<AnyFeatureGroup>()

/**
 * A group, checked and with its columns typed exactly.
 * @throws FeatureStoreError `bad-definition`, naming everything that is wrong.
 */
export function defineGroup<const C extends Columns>(
  group: FeatureGroupDefinition<C>,
): FeatureGroupDefinition<C> {
  validateDefinition(group)
  return group
}

/** @throws FeatureStoreError `bad-definition`, naming everything that is wrong. */
export function validateDefinition(group: AnyFeatureGroup): void {
  if (validated.has(group)) return
  const problems = [...nameProblems(group), ...columnProblems(group), ...keyProblems(group)]
  if (problems.length > 0) {
    throw new FeatureStoreError(
      'bad-definition',
      `Feature group ${groupLabel(group)} is not well defined: ${problems.join('; ')}.`,
      { fault: 'input', where: group.name, hint: 'Correct the definition of the group.' },
    )
  }
  validated.add(group)
}

/** `aqi_daily v1` */
export function groupLabel(group: { readonly name: string; readonly version: number }): string {
  return `${group.name} v${String(group.version)}`
}

function isName(name: string): boolean {
  return /^[a-z][a-z0-9_]{0,62}$/.test(name)
}

function nameProblems({ name, version, columns }: AnyFeatureGroup): string[] {
  const problems: string[] = []
  const rule = 'must be lower-case snake, start with a letter and have at most 63 characters'
  if (!isName(name)) problems.push(`the name "${name}" ${rule}`)
  if (!Number.isSafeInteger(version) || version < 1)
    problems.push('the version must be a whole number from 1')
  for (const column of Object.keys(columns)) {
    if (!isName(column)) problems.push(`the column name "${column}" ${rule}`)
    if (reservedColumns.includes(column)) problems.push(`the column "${column}" is the store's own`)
  }
  return problems
}

function columnProblems({ columns, eventTime }: AnyFeatureGroup): string[] {
  const problems: string[] = []
  for (const [name, column] of Object.entries(columns)) {
    if (!columnTypes.includes(column.type)) {
      problems.push(`column "${name}" has the unknown type "${column.type}"`)
    }
  }
  for (const name of new Set([eventTime, 'known_at'])) {
    const column = columns[name]
    if (column === undefined) problems.push(`there is no column "${name}"`)
    else if (column.type !== 'bigint' || column.nullable === true) {
      problems.push(`column "${name}" must be bigint and not nullable`)
    }
  }
  return problems
}

function keyProblems({ columns, primaryKey }: AnyFeatureGroup): string[] {
  const problems: string[] = []
  if (primaryKey.length === 0) problems.push('the primary key names no column')
  if (new Set(primaryKey).size < primaryKey.length) problems.push('the primary key names a column twice')
  for (const name of primaryKey) {
    const column = columns[name]
    if (column === undefined) problems.push(`there is no key column "${name}"`)
    else if (!keyTypes.includes(column.type) || column.nullable === true) {
      problems.push(`key column "${name}" must be string, int or bigint and not nullable`)
    }
  }
  return problems
}
