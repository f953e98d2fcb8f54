import { groupDto } from './group-rules.ts'
import { jobDto } from './job-routes.ts'
import { exportWork } from './job-work.ts'
import { jobName, putJob, startJob } from './jobs.ts'
import { illegalArgument, Refusal } from './refusal.ts'
import { json, type Reply } from './reply.ts'
import { jsonBody, type Call, type Route } from './router.ts'
import type { State, TrainingSet, View } from './state.ts'

const views = '/project/:project/featurestores/:store/featureview'
const one = `${views}/:view/version/:version`
const sets = `${one}/trainingdatasets`
const access = { scopes: ['FEATURESTORE'] } as const
/** Either is enough to compute a training dataset. */
const computeAccess = { scopes: ['DATASET_VIEW', 'FEATURESTORE'] } as const
const consumes = ['application/json']

export const viewRoutes: readonly Route[] = [
  { method: 'POST', path: views, access, consumes, handle: create },
  { method: 'GET', path: `${views}/:view`, access, handle: findAll },
  { method: 'GET', path: one, access, handle: (call) => json(viewAt(call).dto) },
  { method: 'DELETE', path: one, access, handle: remove },
  { method: 'GET', path: `${one}/provenance/links`, access, handle: links },
  { method: 'POST', path: sets, access, consumes, handle: createSet },
  { method: 'GET', path: sets, access, handle: listSets },
  { method: 'GET', path: `${sets}/version/:set`, access, handle: (call) => json(setAt(call).dto) },
  { method: 'POST', path: `${sets}/version/:set/compute`, access: computeAccess, consumes, handle: compute },
  { method: 'DELETE', path: `${sets}/version/:set`, access, handle: removeSet },
]

function create(call: Call): Reply {
  const { state } = call
  const body = jsonBody(call)
  const { name, query } = body
  if (body['type'] !== 'featureViewDTO') throw illegalArgument('type')
  if (typeof name !== 'string' || !/^(?=.{1,63}$)[a-z][a-z0-9_]*$/.test(name)) throw new Refusal(270091)
  const { leftFeatureGroup, leftFeatures } = Object(query) as Record<string, unknown>
  const groupId = (Object(leftFeatureGroup) as { id?: unknown }).id
  const group = state.groups.find(({ id }) => id === groupId)
  if (group === undefined) throw new Refusal(270009, `feature group id: ${String(groupId)}`)
  const features = (Array.isArray(leftFeatures) ? (leftFeatures as unknown[]) : []).map((feature) =>
    String((Object(feature) as { name?: unknown }).name),
  )
  if (features.length === 0) throw new Refusal(270180)
  const unknown = features.find((feature) => !group.features.some(({ name: known }) => known === feature))
  if (unknown !== undefined) throw illegalArgument(`feature ${unknown} is not in the group`)
  const versions = state.views.filter((view) => view.name === name).map((view) => view.version)
  const version = typeof body['version'] === 'number' ? body['version'] : Math.max(0, ...versions) + 1
  if (versions.includes(version))
    throw new Refusal(270179, `Feature view: ${name}, version: ${String(version)}`)
  const dto = {
    ...body,
    version,
    id: state.views.length + 1,
    featurestoreId: state.project.storeId,
    featurestoreName: `${state.project.name.toLowerCase()}_featurestore`,
    created: new Date(state.now()).toISOString(),
    query: { ...(query as object), leftFeatureGroup: groupDto(group, state) },
    features: features.map((feature, index) => ({
      name: feature,
      type: group.features.find((known) => known.name === feature)?.type,
      index,
      label: false,
      featuregroup: groupDto(group, state),
      featureGroupFeatureName: feature,
    })),
    servingKeys: group.features
      .filter(({ primary }) => primary)
      .map((feature) => ({
        featureName: feature.name,
        featureGroup: groupDto(group, state),
        required: true,
        joinIndex: 0,
        prefix: '',
      })),
  }
  state.views.push({ name, version, group, features, dto, trainingSets: [], nextTrainingSet: 1 })
  return json(dto, 201)
}

function findAll({ state, at }: Call): Reply {
  const items = state.views.filter(({ name }) => name === at('view'))
  if (items.length === 0)
    throw new Refusal(270181, `There exists no feature view with the name ${at('view')}.`)
  return json({ items: items.map(({ dto }) => dto), count: items.length })
}

/** What a view is made of: the official client asks before it serves vectors. */
function links(call: Call): Reply {
  const { group } = viewAt(call)
  const node = {
    artifactType: 'FEATURE_GROUP',
    accessible: true,
    deleted: false,
    artifact: groupDto(group, call.state),
  }
  return json({ node: null, upstream: [{ node, upstream: [], downstream: [] }], downstream: [] })
}

function remove(call: Call): Reply {
  const { state } = call
  state.views.splice(state.views.indexOf(viewAt(call)), 1)
  return json(null)
}

function createSet(call: Call): Reply {
  const { state } = call
  const view = viewAt(call)
  const body = jsonBody(call)
  const { trainingDatasets } = state.quotas
  const present = state.views.reduce((sum, { trainingSets }) => sum + trainingSets.length, 0)
  if (trainingDatasets >= 0 && present >= trainingDatasets) {
    throw new Refusal(270001, 'Quota of training datasets exceeded: quotas_training_datasets')
  }
  if (typeof body['dataFormat'] !== 'string') throw illegalArgument('dataFormat')
  if (body['trainingDatasetType'] !== 'HOPSFS_TRAINING_DATASET') throw illegalArgument('trainingDatasetType')
  const version = view.nextTrainingSet
  view.nextTrainingSet += 1
  const { name } = state.project
  const folder = `/Projects/${name}/${name}_Training_Datasets/${view.name}_${String(view.version)}_${String(version)}`
  const time = (field: string): number | null => {
    const value = body[field]
    return typeof value === 'number' ? value : null
  }
  const dto = { ...body, name: `${view.name}_${String(view.version)}`, version, location: located(folder) }
  const set: TrainingSet = {
    version,
    dataFormat: body['dataFormat'],
    start: time('eventStartTime'),
    end: time('eventEndTime'),
    folder,
    dto,
  }
  view.trainingSets.push(set)
  return json(dto, 201)
}

function listSets(call: Call): Reply {
  const items = viewAt(call).trainingSets.map(({ dto }) => dto)
  return json({ items, count: items.length })
}

/** Sets the job up and starts it at once. */
function compute(call: Call): Reply {
  const { state } = call
  const view = viewAt(call)
  const set = setAt(call)
  const what = `${view.name}_${String(view.version)}_${String(set.version)}`
  const job = putJob(state, jobName(state, what, 'create_fv_td'), {
    work: exportWork(state, view, set),
    writes: undefined,
    args: '-op create_fv_td',
  })
  startJob(state, job)
  return json(jobDto(state, job), 201)
}

function removeSet(call: Call): Reply {
  const { state } = call
  const view = viewAt(call)
  const set = setAt(call)
  view.trainingSets.splice(view.trainingSets.indexOf(set), 1)
  if (state.files.get(set.folder) !== undefined) state.files.remove(set.folder)
  return json(null)
}

function viewAt({ state, at }: Call): View {
  const view = state.views.find(
    ({ name, version }) => name === at('view') && String(version) === at('version'),
  )
  if (view === undefined) throw new Refusal(270181, `feature view ${at('view')}, version ${at('version')}`)
  return view
}

function setAt(call: Call): TrainingSet {
  const set = viewAt(call).trainingSets.find(({ version }) => String(version) === call.at('set'))
  if (set === undefined) throw new Refusal(270012)
  return set
}

function located(folder: string): string {
  return `hopsfs://namenode.example:8020${folder}`
}

/** By the names the online server is asked with. */
export function findView({ views: known }: State, name: unknown, version: unknown): View | undefined {
  return known.find((view) => view.name === name && view.version === version)
}
