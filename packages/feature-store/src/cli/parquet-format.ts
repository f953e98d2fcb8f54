import type { SchemaElement } from 'hyparquet'

import { validateDefinition } from '../definition.ts'
import { FeatureStoreError } from '../errors.ts'
import type { Row, Scalar } from '../row-schema.ts'
import { serialised } from '../sqlite/stored-definition.ts'
import type { AnyFeatureGroup, Column, ColumnType } from '../types.ts'
import type { FileFormat } from './transfer.ts'

/** Key of the file's own metadata under which the definition of the group lies. */
const definitionKey = 'airq.feature-group'
const rowGroupRows = 50_000

const parquetTypes: Readonly<Record<ColumnType, Pick<SchemaElement, 'type' | 'converted_type'>>> = {
  string: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  boolean: { type: 'BOOLEAN' },
  int: { type: 'INT32' },
  bigint: { type: 'INT64' },
  double: { type: 'DOUBLE' },
}

/** Snappy; the definition of the group travels in the file's metadata. */
export const parquetFormat: FileFormat = {
  async write(path, group, batches) {
    const { fileWriter, ParquetWriter } = await import('hyparquet-writer')
    const { name, version } = group
    const definition = JSON.stringify({ name, version, ...(JSON.parse(serialised(group)) as object) })
    const schema = schemaOf(group)
    const kvMetadata = [{ key: definitionKey, value: definition }]
    const writer = new ParquetWriter({
      writer: fileWriter(path),
      schema,
      kvMetadata,
      createdBy: 'airq-store',
    })
    let rows = 0
    for await (const rowGroup of gathered(batches)) {
      await writer.write({ columnData: columnData(group, rowGroup), rowGroupSize: rowGroupRows })
      rows += rowGroup.length
    }
    await writer.finish()
    return rows
  },

  async definition(path) {
    const { metadata } = await openParquet(path)
    const text = metadata.key_value_metadata?.find(({ key }) => key === definitionKey)?.value
    if (text === undefined) return undefined
    try {
      const group = JSON.parse(text) as AnyFeatureGroup
      validateDefinition(group)
      return group
    } catch {
      throw badFile('the definition of its group is no definition', path)
    }
  },

  async *read(path, group) {
    const { parquetReadObjects } = await import('hyparquet')
    const { file, metadata } = await openParquet(path)
    let rowStart = 0
    for (const { num_rows } of metadata.row_groups) {
      const rowEnd = rowStart + Number(num_rows)
      const records = await parquetReadObjects({ file, metadata, rowStart, rowEnd }).catch(
        (error: unknown) => {
          throw badFile(error instanceof Error ? error.message : String(error), path)
        },
      )
      for (const [index, record] of records.entries()) {
        yield { row: rowOf(group, record), where: `${path}, row ${String(rowStart + index + 1)}` }
      }
      rowStart = rowEnd
    }
  },
}

async function openParquet(path: string) {
  const { asyncBufferFromFile, parquetMetadataAsync } = await import('hyparquet')
  try {
    const file = await asyncBufferFromFile(path)
    return { file, metadata: await parquetMetadataAsync(file) }
  } catch (error) {
    throw badFile(error instanceof Error ? error.message : String(error), path)
  }
}

async function* gathered(batches: AsyncIterable<Row[]>): AsyncGenerator<Row[]> {
  let rows: Row[] = []
  for await (const batch of batches) {
    for (const row of batch) rows.push(row)
    if (rows.length < rowGroupRows) continue
    yield rows
    rows = []
  }
  if (rows.length > 0) yield rows
}

function schemaOf(group: AnyFeatureGroup): SchemaElement[] {
  const columns = Object.entries(group.columns).map(([name, { type, nullable }]): SchemaElement => {
    const repetition_type = nullable === true ? 'OPTIONAL' : 'REQUIRED'
    return { name, ...parquetTypes[type], repetition_type }
  })
  return [{ name: 'root', num_children: columns.length }, ...columns]
}

function columnData(group: AnyFeatureGroup, rows: readonly Row[]) {
  return Object.entries(group.columns).map(([name, column]) => ({
    name,
    data: rows.map((row) => toParquet(row[name] ?? null, column)),
  }))
}

function toParquet(value: Scalar, { type }: Column): Scalar | bigint {
  return type === 'bigint' && typeof value === 'number' ? BigInt(value) : value
}

/** A column the file lacks is null, and the schema refuses it unless it is nullable; so is an extra one. */
function rowOf(group: AnyFeatureGroup, record: Readonly<Record<string, unknown>>): Row {
  const row: Record<string, unknown> = { ...record }
  for (const name of Object.keys(group.columns)) {
    const value = record[name] ?? null
    row[name] = typeof value === 'bigint' ? Number(value) : value
  }
  return row as Row
}

function badFile(problem: string, where: string): FeatureStoreError {
  return new FeatureStoreError('bad-file', `The Parquet file cannot be read: ${problem}.`, {
    fault: 'input',
    where,
    hint: 'Export the file again, or import from a CSV file.',
  })
}
