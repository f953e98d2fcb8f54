import { insertWork } from './job-work.ts'
import { jobDto } from './job-routes.ts'
import { jobName, putJob, startJob } from './jobs.ts'
import { illegalArgument, Refusal } from './refusal.ts'
import { json, type Reply } from './reply.ts'
import { jsonBody, type Call, type Route } from './router.ts'
import { shuffled, type Group } from './state.ts'
import { onlineRows, wholeRow } from './tables.ts'

type GroupOf = (call: Call) => Group

/** Rows of a group: the ingestion job, the preview, commits. */
export function groupDataRoutes(base: string, access: Route['access'], groupOf: GroupOf): Route[] {
  return [
    {
      method: 'POST',
      path: `${base}/:group/ingestion`,
      access,
      consumes: ['application/json'],
      handle: (call) => ingestion(call, groupOf),
    },
    {
      method: 'GET',
      path: `${base}/:group/preview`,
      access,
      handle: (call) => preview(call, groupOf(call)),
    },
    {
      method: 'GET',
      path: `${base}/:group/commits`,
      access,
      handle: (call) => commits(call, groupOf(call)),
    },
    {
      // Asked for by the official client at each insert; there are none here.
      method: 'GET',
      path: `${base}/:group/expectationsuite`,
      access,
      handle: (call) => {
        groupOf(call)
        return json({ href: '', count: 0 })
      },
    },
    {
      method: 'POST',
      path: `${base}/:group/updatetableschema`,
      access,
      handle: (call) => updateTable(call, groupOf(call)),
    },
  ]
}

/** Makes a folder and a job. Starts nothing. */
function ingestion(call: Call, groupOf: GroupOf): Reply {
  const { state } = call
  if (state.behaviours.ingestion === 'gone') throw new Refusal(120004, 'HTTP 404 Not Found')
  const group = groupOf(call)
  const body = jsonBody(call)
  const dataFormat = body['dataFormat'] ?? 'CSV'
  if (typeof dataFormat !== 'string' || !['ORC', 'PARQUET', 'AVRO', 'CSV'].includes(dataFormat)) {
    throw illegalArgument('dataFormat')
  }
  const dataOptions = optionsOf(body['dataOptions'])
  optionsOf(body['writeOptions'])
  const what = `${group.name}_${String(group.version)}`
  const dataPath = `/Projects/${state.project.name}/Ingestion/${what}${String(Math.floor(state.now()))}`
  state.files.makeFolder(dataPath)
  const job = putJob(state, jobName(state, what, 'insert_fg'), {
    work: insertWork(state, group, { dataPath, dataFormat, dataOptions }),
    writes: group,
    args: `-op insert_fg -path hdfs:///user/spark/${what}.json`,
  })
  return json({ href: '', dataPath, job: jobDto(state, job) })
}

/** @throws Refusal 400/120002 where a name comes twice */
function optionsOf(value: unknown): Map<string, string> | null {
  if (value === undefined || value === null) return null
  if (!Array.isArray(value)) throw illegalArgument('options')
  const options = new Map<string, string>()
  for (const option of value as unknown[]) {
    const { name, value: text } = Object(option) as { name?: unknown; value?: unknown }
    if (typeof name !== 'string') throw illegalArgument('options')
    if (options.has(name)) throw new Refusal(120002, `Duplicate key ${name}`)
    options.set(name, String(text))
  }
  return options
}

/** Strings alone, in no order. */
function preview({ state, query }: Call, group: Group): Reply {
  const storage = query.get('storage')?.toLowerCase() ?? (group.onlineEnabled ? 'online' : 'offline')
  const limit = Number(query.get('limit') ?? 20)
  if (!Number.isInteger(limit) || limit < 0 || limit > state.quotas.previewRows) {
    throw illegalArgument(`Limit is too large or below 0: ${String(limit)}`)
  }
  if (storage === 'online' && !group.onlineEnabled) throw new Refusal(270102)
  if (storage === 'online' && query.has('partition')) throw illegalArgument('partition')
  const online = storage === 'online'
  const rows = online ? [...onlineRows(group, state.now()).values()] : [...group.offline.values()]
  const items = shuffled(state, rows)
    .slice(0, limit)
    .map((row) => ({
      storage: online ? 'ONLINE' : 'OFFLINE',
      row: Object.entries(wholeRow(group, row)).map(([columnName, value]) => ({
        columnName,
        columnValue: value === null ? (online ? null : '') : String(value),
      })),
    }))
  return json({ href: '', items })
}

/** The newest first. What was inserted is not told from what was updated. */
function commits({ query }: Call, group: Group): Reply {
  const all = group.commits.toReversed().map(({ at, rows }) => ({
    commitID: Math.floor(at),
    commitTime: Math.floor(at),
    commitDateString: new Date(at).toISOString().replaceAll(/[-T:.Z]/g, ''),
    rowsInserted: rows,
    rowsUpdated: 0,
    rowsDeleted: 0,
  }))
  const offset = Number(query.get('offset') ?? 0)
  const items = all.slice(offset, offset + Number(query.get('limit') ?? all.length))
  return json({ items, count: all.length })
}

/** From 5 on: a job, begun, that brings the offline table to the group's features. */
function updateTable({ state }: Call, group: Group): Reply {
  if (Number(state.behaviours.version.split('.')[0]) < 5) throw new Refusal(120004, 'HTTP 404 Not Found')
  const what = `${group.name}_${String(group.version)}`
  const job = putJob(state, jobName(state, what, 'update_table_schema_fg'), {
    work: () => undefined,
    writes: group,
    args: '-op update_table_schema_fg',
  })
  startJob(state, job)
  return json(jobDto(state, job))
}
