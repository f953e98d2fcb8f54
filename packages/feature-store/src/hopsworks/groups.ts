import { groupLabel } from '../definition.ts'
import { FeatureStoreError } from '../errors.ts'
import type { AnyFeatureGroup } from '../types.ts'
import type { Api, ApiRequest } from './api.ts'
import { retrying } from './retrying.ts'
import { appendedColumns, toFeatureDto, toGroupDto } from './schema.ts'
import type { Settings } from './settings.ts'
import { groupSchema, groupsSchema, jobSchema, type GroupDto } from './wire.ts'
import type { Connection } from './connect.ts'
import { waitForNewestExecution } from './executions.ts'

const EXISTS = 270089
/** By version; and the two that some servers give for a name nobody used. */
const MISSING = [270009, 120001, 270008]
const NO_SUCH_ROUTE = 120004

/** What the groups of a store need to be looked up, made and extended. */
export interface GroupContext {
  readonly api: Api
  readonly settings: Settings
  readonly connection: Connection
}

/** The group as Hopsworks holds it, or undefined. */
async function findGroup(
  { api, connection }: GroupContext,
  group: AnyFeatureGroup,
  signal: AbortSignal | undefined,
): Promise<GroupDto | undefined> {
  const found = await api.json(
    {
      what: `Looking up group ${groupLabel(group)}`,
      scope: 'FEATURESTORE',
      path: `${connection.storePath}/featuregroups/${group.name}`,
      query: { version: group.version, expand: 'features' },
      tolerate: MISSING,
      signal,
    },
    groupsSchema,
  )
  return typeof found === 'number' ? undefined : found[0]
}

/** Creates the group, extends it, or finds it as it should be. @throws FeatureStoreError `schema-mismatch` */
export async function ensureGroup(
  context: GroupContext,
  group: AnyFeatureGroup,
  signal: AbortSignal | undefined,
): Promise<GroupDto> {
  const stored = (await findGroup(context, group, signal)) ?? (await createGroup(context, group, signal))
  const appended = appendedColumns(group, stored)
  return appended.length === 0 ? stored : appendColumns(context, group, stored, appended, signal)
}

/** As it is already there. @throws FeatureStoreError `group-missing`, `schema-mismatch` */
export async function requireGroup(
  context: GroupContext,
  group: AnyFeatureGroup,
  signal: AbortSignal | undefined,
): Promise<GroupDto> {
  const stored = await findGroup(context, group, signal)
  if (stored === undefined) {
    throw new FeatureStoreError('group-missing', `Hopsworks holds no group ${groupLabel(group)}.`, {
      fault: 'input',
      where: group.name,
      hint: 'Call ensure(group) first.',
    })
  }
  const appended = appendedColumns(group, stored)
  if (appended.length === 0) return stored
  throw new FeatureStoreError(
    'schema-mismatch',
    `Group ${groupLabel(group)} has new columns Hopsworks lacks: ${appended.join(', ')}.`,
    { fault: 'input', where: group.name, hint: 'Call ensure(group) first: it appends them.' },
  )
}

/** Who comes second finds what the first made; so does the same call after an answer was lost. */
async function createGroup(
  context: GroupContext,
  group: AnyFeatureGroup,
  signal: AbortSignal | undefined,
): Promise<GroupDto> {
  const { api, settings, connection } = context
  const format = settings.timeTravelFormat ?? (connection.majorVersion >= 5 ? 'DELTA' : 'HUDI')
  const request: ApiRequest = {
    what: `Creating group ${groupLabel(group)}`,
    scope: 'FEATURESTORE',
    method: 'POST',
    path: `${connection.storePath}/featuregroups`,
    query: { expand: 'features' },
    json: toGroupDto(group, connection.storeId, format, settings),
    tolerate: [EXISTS],
    signal,
  }
  const created = await retrying(settings.clock, signal, {
    attempt: () => api.json(request, groupSchema),
    look: () => findGroup(context, group, signal),
  })
  if (typeof created !== 'number') {
    settings.progress({ step: 'group', group: groupLabel(group), message: `created, kept as ${format}` })
    return created
  }
  const found = await findGroup(context, group, signal)
  if (found !== undefined) return found
  throw new FeatureStoreError(
    'remote-failed',
    `Hopsworks says that ${groupLabel(group)} exists and does not show it.`,
    {
      where: group.name,
      hint: 'Try again; if it stays, look at the group in the web interface of Hopsworks.',
    },
  )
}

async function appendColumns(
  context: GroupContext,
  group: AnyFeatureGroup,
  stored: GroupDto,
  appended: readonly string[],
  signal: AbortSignal | undefined,
): Promise<GroupDto> {
  const { api, settings, connection } = context
  const added = Object.entries(group.columns)
    .filter(([name]) => appended.includes(name))
    .map(([name, column]) => toFeatureDto(group, name, column, settings.textLengths))
  const path = `${connection.storePath}/featuregroups/${String(stored.id)}`
  const request: ApiRequest = {
    what: `Appending ${appended.join(', ')} to group ${groupLabel(group)}`,
    scope: 'FEATURESTORE',
    method: 'PUT',
    path,
    query: { updateMetadata: 'true' },
    json: { ...stored, features: [...stored.features, ...added] },
    signal,
  }
  const updated = await retrying(settings.clock, signal, {
    attempt: () => api.get(request, groupSchema),
    // The whole list is sent each time, so what is there already is found there.
    look: () => Promise.resolve(undefined),
  })
  settings.progress({ step: 'group', group: groupLabel(group), message: `appended ${appended.join(', ')}` })
  await updateTable(context, path, group, signal)
  return updated
}

/** From 5 on a job brings the offline table to the new columns; before, the next write does. */
async function updateTable(
  { api, settings, connection }: GroupContext,
  path: string,
  group: AnyFeatureGroup,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (connection.majorVersion < 5) return
  const job = await api.json(
    {
      what: `Updating the table of group ${groupLabel(group)}`,
      scope: 'FEATURESTORE',
      method: 'POST',
      path: `${path}/updatetableschema`,
      contentType: 'application/json',
      tolerate: [NO_SUCH_ROUTE],
      signal,
    },
    jobSchema,
  )
  if (typeof job === 'number') return
  await waitForNewestExecution({ api, settings, connection, group, signal }, job.name)
}
