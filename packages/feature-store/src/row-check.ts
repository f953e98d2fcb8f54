import { validateDefinition } from './definition.ts'
import type { Scalar } from './row-schema.ts'
import type { AnyFeatureGroup, ColumnType } from './types.ts'

/**
 * A row's values in the order of the columns, booleans as 0 and 1; or `undefined`: the row has to be judged by
 * `rowSchema`.
 */
export type RowCheck = (row: unknown) => (string | number | null)[] | undefined

const fits: Readonly<Record<ColumnType, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string' && value.isWellFormed(),
  boolean: (value) => typeof value === 'boolean',
  int: (value) => typeof value === 'number' && (value | 0) === value,
  bigint: Number.isSafeInteger,
  double: Number.isFinite,
}

/**
 * Accepts what `rowSchema` accepts without loading zod, which takes longer than many a run; what is wrong with
 * a row the schema tells.
 */
export function rowCheck(group: AnyFeatureGroup): RowCheck {
  validateDefinition(group)
  const columns = Object.entries(group.columns).map(([name, { type, nullable }]) => ({
    name,
    fits: fits[type],
    nullable: nullable === true,
  }))
  return (row) => {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) return undefined
    if (Object.keys(row).length !== columns.length) return undefined
    const record = row as Readonly<Record<string, Scalar | undefined>>
    const values: (string | number | null)[] = []
    for (const { name, fits, nullable } of columns) {
      const value = record[name]
      if (value === undefined || !(value === null ? nullable : fits(value))) return undefined
      values.push(typeof value === 'boolean' ? Number(value) : value)
    }
    return values
  }
}
