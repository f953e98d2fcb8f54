import { throwIfAborted } from '../errors.ts'
import type { Columns, FeatureGroupDefinition, ReadQuery, RowOf } from '../types.ts'
import type { Connections } from './connections.ts'
import type { SqliteDatabase, SqlValue } from './engine.ts'
import { formatVersion } from './format.ts'
import { badQuery, historyGone, selectRows, type Page, type Selection } from './select-rows.ts'
import { historyFrom } from './stored-definition.ts'
import { fromSql } from './values.ts'

const batchRows = 5000
/** Rows fetched at once: few, so that they are gone before the garbage collector has to move them. */
const pageRows = 500

/** One transaction on a connection of its own: the whole read sees the store as it was when it began. */
export async function* readBatches<C extends Columns, K extends keyof C>(
  connections: Connections,
  group: FeatureGroupDefinition<C>,
  query: ReadQuery<C, K>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Pick<RowOf<C>, K>[], void, undefined> {
  const { asOf } = query
  if (asOf !== undefined && connections.file.format < formatVersion) {
    throw badQuery(group, 'a store of format 1 has no revisions; open it for writing once')
  }
  const selection = selectRows(group, query)
  const toRow = fromSql<C, K>(group, selection.columns)
  const reader = await connections.takeReader()
  try {
    reader.exec('BEGIN')
    const nextPage = pageReader(reader, selection)
    let page = await connections.retry(signal, nextPage)
    // Within the snapshot: compaction may have been faster than this call.
    const from = asOf === undefined ? 0 : historyFrom(reader, group)
    if (asOf !== undefined && asOf < from) throw historyGone(group, asOf, from)
    while (page.length > 0) {
      const batch = page.map(toRow)
      while (page.length === pageRows && batch.length < batchRows) {
        page = nextPage()
        for (const values of page) batch.push(toRow(values))
      }
      yield batch
      throwIfAborted(signal)
      connections.throwIfClosed()
      page = page.length === pageRows ? nextPage() : []
    }
  } catch (error) {
    throw connections.failure(error)
  } finally {
    connections.giveBackReader(reader)
  }
}

/** Each call gives the rows after those of the call before. */
function pageReader(reader: SqliteDatabase, { page, key }: Selection): () => SqlValue[][] {
  let last: readonly SqlValue[] | undefined
  return () => {
    const rows = rowsOf(reader, page(pageRows, last))
    const end = rows.at(-1)
    last = key.map((index) => end?.[index] ?? null)
    return rows
  }
}

function rowsOf(reader: SqliteDatabase, { sql, values }: Page): SqlValue[][] {
  const statement = reader.prepare(sql)
  if (statement.setReturnArrays !== undefined) {
    statement.setReturnArrays(true)
    return statement.all(...values) as SqlValue[][]
  }
  // The values of an object come in the order of the columns.
  return statement.all(...values).map((record) => Object.values(record as Record<string, SqlValue>))
}
