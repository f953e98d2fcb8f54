import { csvOptions, readRows, writeRows } from './spark-csv.ts'
import { shuffled, type Group, type State, type TrainingSet, type View } from './state.ts'
import { insertRows, wholeRow } from './tables.ts'
import type { FakeRow } from './types.ts'

export interface IngestionConfig {
  readonly dataPath: string
  readonly dataFormat: string
  /** `null`: the request had none, and the program unpacks that as keyword options. */
  readonly dataOptions: ReadonlyMap<string, string> | null
}

/** `insert_fg`: every file of the folder into the group, both copies. */
export function insertWork(state: State, group: Group, config: IngestionConfig): () => Promise<void> {
  return async () => {
    const { dataOptions, dataFormat } = config
    if (dataOptions === null && state.behaviours.nullOptions === 'job-fails') {
      throw new Error('TypeError: argument after ** must be a mapping, not NoneType')
    }
    const files = state.files.list(config.dataPath).filter(({ dir, body }) => !dir && body.length > 0)
    if (files.length === 0) throw new Error(`AnalysisException: Unable to infer schema at ${config.dataPath}`)
    const rows: FakeRow[] = []
    for (const { body } of files) {
      if (dataFormat === 'PARQUET') rows.push(...(await parquetRows(body, group)))
      else rows.push(...csvRows(state, body, group, dataOptions ?? new Map()))
    }
    insertRows(state, group, rows, state.now())
  }
}

function csvRows(
  state: State,
  body: Uint8Array,
  group: Group,
  given: ReadonlyMap<string, string>,
): FakeRow[] {
  const options = csvOptions(given, state.behaviours.emptyText)
  return readRows(new TextDecoder().decode(body), group.features, options)
}

/** For the official client, which uploads Parquet. The reader is loaded when it is needed. */
async function parquetRows(body: Uint8Array, group: Group): Promise<FakeRow[]> {
  const { parquetReadObjects } = await import('hyparquet')
  const records = await parquetReadObjects({ file: new Uint8Array(body).buffer })
  return records.map((record) =>
    Object.fromEntries(group.features.map(({ name }) => [name, plainValue(record[name])])),
  )
}

function plainValue(value: unknown): FakeRow[string] {
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Date) return value.getTime()
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
}

/** A training dataset: the view's columns of the offline copy within its event times, as one CSV file. */
export function exportWork(state: State, view: View, set: TrainingSet): () => void {
  return () => {
    const { group } = view
    const features = view.features.map((name) => group.features.find((feature) => feature.name === name))
    const columns = features.filter((feature) => feature !== undefined)
    const rows = shuffled(state, [...group.offline.values()])
      .map((row) => wholeRow(group, row))
      .filter((row) => withinTimes(row, group, set, state))
    const folder = `${set.folder}/${view.name}_${String(view.version)}`
    state.files.makeFolder(folder)
    state.files.write(`${folder}/_SUCCESS`, new Uint8Array())
    if (rows.length === 0 && state.behaviours.emptyExport === 'no-file') return
    const body = new TextEncoder().encode(writeRows(rows, columns))
    state.files.write(`${folder}/part-00000-3f2b-c000.${set.dataFormat}`, body)
  }
}

/** Half open; the bigint is compared with milliseconds, or with seconds. */
function withinTimes(row: FakeRow, group: Group, { start, end }: TrainingSet, state: State): boolean {
  const at = group.eventTime === null ? null : row[group.eventTime]
  if (typeof at !== 'number') return true
  const unit = state.behaviours.eventTimeUnit === 'seconds' ? 1000 : 1
  if (start !== null && at < start / unit) return false
  return end === null || at < end / unit
}
