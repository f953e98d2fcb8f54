import { groupLabel } from '../definition.ts'
import type { AnyFeatureGroup } from '../types.ts'
import type { GroupContext } from './groups.ts'
import { retrying } from './retrying.ts'
import { viewSchema, type GroupDto } from './wire.ts'

const EXISTS = 270179
const MISSING = [270181, 270009]
/** Columns are at most 500 online, so version and column count never mix. */
const VERSION_STEP = 1000

export interface View {
  readonly name: string
  readonly version: number
  /** From `/project` on. */
  readonly path: string
}

/**
 * The feature view with all columns of a group: made once, found later. A view does not see columns appended to its
 * group; so its version is made of the group's and of the number of columns, and more columns have a view of their own.
 */
export async function ensureView(
  context: GroupContext,
  group: AnyFeatureGroup,
  stored: GroupDto,
  signal: AbortSignal | undefined,
): Promise<View> {
  const { api, settings, connection } = context
  const version = group.version * VERSION_STEP + stored.features.length
  const base = `${connection.storePath}/featureview`
  const view: View = { name: group.name, version, path: `${base}/${group.name}/version/${String(version)}` }
  const what = `view of group ${groupLabel(group)}`
  const find = () =>
    api.json(
      { what: `Looking up the ${what}`, scope: 'FEATURESTORE', path: view.path, tolerate: MISSING, signal },
      viewSchema,
    )
  if (typeof (await find()) !== 'number') return view
  const { id, type, name, features } = stored
  const featurestoreId = connection.storeId
  const storeName = `${connection.projectName.toLowerCase()}_featurestore`
  await retrying<unknown>(settings.clock, signal, {
    attempt: () =>
      api.json(
        {
          what: `Creating the ${what}`,
          scope: 'FEATURESTORE',
          method: 'POST',
          path: base,
          json: {
            type: 'featureViewDTO',
            name: view.name,
            version,
            description: `All columns of ${groupLabel(group)}.`,
            featurestoreId,
            query: {
              leftFeatureGroup: { type, id, name, version: stored.version, featurestoreId },
              leftFeatures: features.map((feature) => ({
                name: feature.name,
                type: feature.type,
                featureGroupId: id,
              })),
              featureStoreId: featurestoreId,
              featureStoreName: storeName,
              joins: [],
              hiveEngine: true,
            },
            features: [],
          },
          tolerate: [EXISTS],
          signal,
        },
        viewSchema,
      ),
    look: async () => {
      const found = await find()
      return typeof found === 'number' ? undefined : found
    },
  })
  return view
}
