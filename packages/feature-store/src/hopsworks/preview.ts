import type { GroupContext } from './groups.ts'
import { previewSchema, type GroupDto } from './wire.ts'

/** By a preview of one row, which names no row in particular. */
async function holdsRows(
  { api, connection }: GroupContext,
  { id, name }: GroupDto,
  storage: 'online' | 'offline',
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { items } = await api.get(
    {
      what: `Looking whether the ${storage} copy of group ${name} holds rows`,
      scope: 'FEATURESTORE',
      path: `${connection.storePath}/featuregroups/${String(id)}/preview`,
      query: { storage, limit: 1 },
      signal,
    },
    previewSchema,
  )
  return (items ?? []).length > 0
}

/**
 * `unfilled`: the online copy is empty and the offline one is not. Either it follows the job by seconds, or nothing
 * fills it: with some clusters that is so for groups that were made over REST.
 */
export async function onlineFilling(
  context: GroupContext,
  stored: GroupDto,
  signal: AbortSignal | undefined,
): Promise<'filled' | 'unfilled' | 'both-empty'> {
  if (await holdsRows(context, stored, 'online', signal)) return 'filled'
  return (await holdsRows(context, stored, 'offline', signal)) ? 'unfilled' : 'both-empty'
}
