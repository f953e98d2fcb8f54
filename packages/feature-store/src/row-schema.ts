import { z } from 'zod'

import { groupLabel, validateDefinition } from './definition.ts'
import { FeatureStoreError } from './errors.ts'
import type { AnyFeatureGroup, ColumnType } from './types.ts'

/** What one column of one row can hold. */
export type Scalar = string | number | boolean | null
export type Row = Readonly<Record<string, Scalar>>
export type RowSchema = z.ZodType<Row>

/** Named in one error; a thousand bad rows are told by their first few. */
const problemsShown = 5

const schemas = new WeakMap<AnyFeatureGroup, RowSchema>()

/**
 * The zod schema of a row: `int` is 32 bit, `bigint` a safe integer, `double` finite, a string well-formed
 * Unicode (anything else would come back changed). Unknown and missing columns are refused.
 */
export function rowSchema(group: AnyFeatureGroup): RowSchema {
  const known = schemas.get(group)
  if (known !== undefined) return known
  validateDefinition(group)
  const shape = Object.fromEntries(
    Object.entries(group.columns).map(([name, column]) => {
      const value = valueSchema(column.type)
      return [name, column.nullable === true ? value.nullable() : value]
    }),
  )
  const schema = z.strictObject(shape)
  schemas.set(group, schema)
  return schema
}

/** @throws FeatureStoreError `bad-row`, naming rows (counted from 0) and columns. */
export function validateRows(group: AnyFeatureGroup, rows: readonly unknown[]): Row[] {
  const schema = rowSchema(group)
  const valid: Row[] = []
  const problems: string[] = []
  let badRows = 0
  for (const [index, row] of rows.entries()) {
    const result = schema.safeParse(row)
    if (result.success) {
      valid.push(result.data)
      continue
    }
    badRows += 1
    for (const issue of result.error.issues) {
      const column = issue.path.length > 0 ? `, column "${issue.path.join('.')}"` : ''
      if (problems.length < problemsShown) problems.push(`row ${String(index)}${column}: ${issue.message}`)
    }
  }
  if (badRows === 0) return valid
  throw new FeatureStoreError(
    'bad-row',
    `${String(badRows)} of ${String(rows.length)} rows do not fit ${groupLabel(group)}, nothing was written: ${problems.join('; ')}.`,
    { fault: 'input', where: group.name, hint: 'Correct the rows and write all of them again.' },
  )
}

function valueSchema(type: ColumnType): z.ZodType<Scalar> {
  switch (type) {
    case 'string':
      return z.string().refine((text) => text.isWellFormed(), 'Invalid string: not well-formed Unicode')
    case 'boolean':
      return z.boolean()
    case 'int':
      return z.int32()
    case 'bigint':
      return z.int()
    case 'double':
      return z.number()
  }
}
