import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'

import { FeatureStoreError } from '../errors.ts'
import type { Scalar } from '../row-schema.ts'
import type { AnyFeatureGroup, ColumnType } from '../types.ts'
import type { FileFormat, FileRow } from './transfer.ts'

/** An empty cell is null, a quoted empty one the empty string. */
export const csvFormat: FileFormat = {
  async write(path, group, batches) {
    const { stringify } = await import('csv-stringify/sync')
    const columns = Object.keys(group.columns)
    const file = await open(path, 'a')
    try {
      await file.write(stringify([columns]))
      let rows = 0
      for await (const batch of batches) {
        const cells = batch.map((row) => columns.map((name) => row[name]))
        await file.write(stringify(cells, { cast: { boolean: String, string: quoteEmpty } }))
        rows += batch.length
      }
      return rows
    } finally {
      await file.close()
    }
  },

  definition: () => Promise.resolve(undefined),

  async *read(path, group) {
    const { CsvError, parse } = await import('csv-parse')
    const cells = parse({ bom: true, info: true, skip_empty_lines: true, cast: emptyIsNull })
    const source = createReadStream(path)
    source.on('error', (error) => cells.destroy(error))
    source.pipe(cells)
    try {
      yield* rowsOf(cells, path, group)
    } catch (error) {
      const unreadable = error instanceof Error && 'syscall' in error
      throw error instanceof CsvError || unreadable ? badFile(error.message, path) : error
    } finally {
      source.destroy()
    }
  },
}

async function* rowsOf(
  records: AsyncIterable<unknown>,
  path: string,
  group: AnyFeatureGroup,
): AsyncGenerator<FileRow> {
  let header: readonly string[] | undefined
  for await (const record of records) {
    const { record: cells, info } = record as CsvRecord
    if (header === undefined) {
      header = headerOf(cells, path, group)
      continue
    }
    const row: Record<string, Scalar> = {}
    for (const name of Object.keys(group.columns)) row[name] = null
    for (const [index, name] of header.entries())
      row[name] = valueOf(cells[index] ?? null, group.columns[name]?.type)
    yield { row, where: `${path}:${String(info.lines)}` }
  }
  if (header === undefined) throw badFile('it is empty, not even a line of column names is there', path)
}

interface CsvRecord {
  readonly record: readonly (string | null)[]
  /** `lines`: lines read so far. */
  readonly info: { readonly lines: number }
}

/** The names may stand in any order; a nullable column may be left out. */
function headerOf(cells: CsvRecord['record'], path: string, group: AnyFeatureGroup): readonly string[] {
  const names = cells.map((cell) => cell ?? '')
  const unknown = names.filter((name) => group.columns[name] === undefined)
  const missing = Object.entries(group.columns)
    .filter(([name, { nullable }]) => nullable !== true && !names.includes(name))
    .map(([name]) => name)
  const twice = names.filter((name, index) => names.indexOf(name) < index)
  const problems = [
    ...unknown.map((name) => `column "${name}" is not one of the group`),
    ...missing.map((name) => `column "${name}" is missing`),
    ...twice.map((name) => `column "${name}" is there twice`),
  ]
  if (problems.length > 0) throw badFile(problems.join('; '), `${path}:1`)
  return names
}

/** What is no number stays text, for the schema to refuse. */
function valueOf(text: string | null, type: ColumnType | undefined): Scalar {
  if (text === null || type === 'string' || type === undefined) return text
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text
}

function emptyIsNull(text: string, { quoting }: { readonly quoting: boolean }): string | null {
  return text === '' && !quoting ? null : text
}

function quoteEmpty(text: string): string | { value: string; quoted_empty: true } {
  return text === '' ? { value: text, quoted_empty: true } : text
}

function badFile(problem: string, where: string): FeatureStoreError {
  return new FeatureStoreError('bad-file', `The CSV file cannot be read: ${problem}.`, {
    fault: 'input',
    where,
    hint: 'Correct the file and import all of it again.',
  })
}
