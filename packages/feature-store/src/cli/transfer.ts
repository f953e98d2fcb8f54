import { extname, resolve } from 'node:path'

import { groupLabel } from '../definition.ts'
import { FeatureStoreError } from '../errors.ts'
import type { Row } from '../row-schema.ts'
import { rowCheck } from '../row-check.ts'
import type { SqliteFeatureStore } from '../sqlite/index.ts'
import type { AnyFeatureGroup, Columns, RowOf } from '../types.ts'
import { csvFormat } from './csv-format.ts'
import type { Answer, CommandIo } from './main.ts'
import { findGroup, instantOf, withStore } from './open-store.ts'
import { parquetFormat } from './parquet-format.ts'
import { writeWhole } from './whole-file.ts'

/** How rows lie in a file. Both directions work batch by batch. */
export interface FileFormat {
  write(path: string, group: AnyFeatureGroup, batches: AsyncIterable<Row[]>): Promise<number>
  /** The definition the file carries, if any. */
  definition(path: string): Promise<AnyFeatureGroup | undefined>
  /** Rows as they are to be checked, and where each stands. @throws FeatureStoreError `bad-file` */
  read(path: string, group: AnyFeatureGroup): AsyncIterable<FileRow>
}

export interface FileRow {
  readonly row: Row
  /** `file:line`, or the number of the row. */
  readonly where: string
}

const formats: Readonly<Record<string, FileFormat>> = { '.csv': csvFormat, '.parquet': parquetFormat }
const batchRows = 5000

export function exportGroup(
  path: string,
  { group: label, out, asOf }: { readonly group: string; readonly out: string; readonly asOf?: string },
  io: CommandIo,
): Promise<Answer> {
  const format = formatOf(out)
  const query = asOf === undefined ? {} : { asOf: instantOf(asOf, '--as-of', io) }
  return withStore(path, { readOnly: true, io }, async (store) => {
    const { group } = await findGroup(store, label, io)
    const rows = await writeWhole(resolve(out), (partial) =>
      format.write(partial, group, store.read(group, query, io)),
    )
    const json = { store: resolve(path), name: group.name, version: group.version, file: resolve(out), rows }
    return { json, text: `${groupLabel(group)}: ${String(rows)} rows written to ${out}\n` }
  })
}

export function importFile(
  path: string,
  file: string,
  { group: label }: { readonly group?: string },
  io: CommandIo,
): Promise<Answer> {
  const format = formatOf(file)
  return withStore(path, { readOnly: false, io }, async (store) => {
    const group = await targetGroup(store, file, label, io)
    await store.ensure(group, io)
    await checkRows(format, resolve(file), group, io)
    const counts = { written: 0, unchanged: 0 }
    for await (const rows of batchesOf(format.read(resolve(file), group))) {
      const report = await store.upsert(group, rows, io)
      counts.written += report.written
      counts.unchanged += report.unchanged ?? 0
    }
    const json = {
      store: resolve(path),
      name: group.name,
      version: group.version,
      file: resolve(file),
      ...counts,
    }
    const text = `${groupLabel(group)}: ${String(counts.written)} rows written, ${String(counts.unchanged)} unchanged\n`
    return { json, text }
  })
}

async function targetGroup(
  store: SqliteFeatureStore,
  file: string,
  label: string | undefined,
  io: CommandIo,
): Promise<AnyFeatureGroup> {
  if (label !== undefined) return (await findGroup(store, label, io)).group
  const carried = await formatOf(file).definition(resolve(file))
  if (carried !== undefined) return carried
  throw new FeatureStoreError('bad-arguments', `${file} does not say which group its rows belong to`, {
    fault: 'input',
    hint: 'Give --group NAME; the store must have the group already.',
  })
}

/** Every row before any is written. */
async function checkRows(
  format: FileFormat,
  file: string,
  group: AnyFeatureGroup,
  io: CommandIo,
): Promise<void> {
  const check = rowCheck(group)
  for await (const { row, where } of format.read(file, group)) {
    if (io.signal.aborted) return
    if (check(row) !== undefined) continue
    const { rowSchema } = await import('../row-schema.ts')
    const result = rowSchema(group).safeParse(row)
    if (result.success) continue
    const problems = result.error.issues.map((issue) => `column "${issue.path.join('.')}": ${issue.message}`)
    throw new FeatureStoreError(
      'bad-file',
      `A row does not fit ${groupLabel(group)}, nothing was written: ${problems.join('; ')}.`,
      { fault: 'input', where, hint: 'Correct the file and import all of it again.' },
    )
  }
}

/** The rows have been checked. */
async function* batchesOf(rows: AsyncIterable<FileRow>): AsyncGenerator<RowOf<Columns>[]> {
  let batch: RowOf<Columns>[] = []
  for await (const { row } of rows) {
    batch.push(row as RowOf<Columns>)
    if (batch.length < batchRows) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

function formatOf(file: string): FileFormat {
  const format = formats[extname(file).toLowerCase()]
  if (format !== undefined) return format
  throw new FeatureStoreError('bad-arguments', `${file} is neither a .csv nor a .parquet file`, {
    fault: 'input',
    hint: 'Name a file that ends in .csv or .parquet.',
  })
}
