import { Refusal } from './refusal.ts'
import { json, type Reply } from './reply.ts'
import type { Call, Route } from './router.ts'
import { storeName, type State } from './state.ts'

/** Who made everything here. */
export const creator = {
  firstName: 'Fake',
  lastName: 'User',
  email: 'fake@example.com',
  username: 'fake0000',
} as const

const project = { scopes: ['PROJECT'] } as const

/** Who, where, and with what: variables, projects, credentials, the feature store. */
export const accountRoutes: readonly Route[] = [
  { method: 'GET', path: '/variables/:name', access: project, handle: variable },
  { method: 'GET', path: '/project', access: project, handle: ({ state }) => json([teamRow(state)]) },
  {
    method: 'GET',
    path: '/project/getProjectInfo/:project',
    access: project,
    handle: ({ state }) => json(projectDto(state)),
  },
  {
    method: 'GET',
    path: '/project/:project/credentials',
    access: project,
    handle: ({ state }) => json(credentials(state)),
  },
  {
    method: 'GET',
    path: '/project/:project/featurestores',
    access: { scopes: ['FEATURESTORE'] },
    handle: ({ state }) => json([storeDto(state)]),
  },
  {
    method: 'GET',
    path: '/project/:project/featurestores/:store',
    access: { scopes: ['FEATURESTORE'] },
    handle: featureStore,
  },
]

/** Open to everybody. */
export function versions({ behaviours }: State): Reply {
  return json([
    { software: 'hopsworks', version: behaviours.version },
    { software: 'spark', version: '3.5.0' },
  ])
}

function variable({ state, at }: Call): Reply {
  const values: Readonly<Record<string, string>> = {
    enable_flyingduck: 'false',
    enable_data_science_profile: 'false',
    ...(state.behaviours.onlineServer === 'announced'
      ? { loadbalancer_external_domain_online_store_rest_server: '127.0.0.1' }
      : {}),
  }
  const value = values[at('name')]
  if (value === undefined) throw new Refusal(100050)
  return json({ successMessage: value })
}

function featureStore({ state, at }: Call): Reply {
  const asked = at('store')
  if (asked !== storeName(state) && asked !== String(state.project.storeId)) throw new Refusal(270008)
  return json(storeDto(state))
}

function storeDto(state: State): object {
  const { name, id, storeId } = state.project
  return {
    featurestoreId: storeId,
    featurestoreName: storeName(state),
    featurestoreDescription: '',
    created: '2026-01-01T00:00:00.000Z',
    projectName: name,
    projectId: id,
    onlineFeaturestoreName: name.toLowerCase(),
    offlineFeaturestoreName: storeName(state),
    onlineEnabled: true,
    numFeatureGroups: state.groups.length,
    numTrainingDatasets: 0,
    numStorageConnectors: 0,
    numFeatureViews: state.views.length,
  }
}

function projectDto({ project }: State): object {
  return {
    projectId: project.id,
    projectName: project.name,
    owner: 'fake@example.com',
    description: '',
    created: '2026-01-01T00:00:00.000Z',
    services: ['JOBS', 'FEATURESTORE'],
    projectTeam: [],
    datasets: [],
    inodeid: 1,
    quotas: {},
    creationStatus: 'DONE',
    featureStoreTopic: `${project.name}_onlinefs`,
    namespace: project.name,
  }
}

function teamRow({ project }: State): object {
  return {
    project: { name: project.name, id: project.id, owner: { uid: 10_000 } },
    user: { uid: 10_000, username: 'fake0000', email: 'fake@example.com' },
    teamRole: 'Data owner',
  }
}

/** Key stores are base64 as the official client expects them; their content is nothing. */
function credentials({ certificate }: State): object {
  const nothing = Buffer.from('fake').toString('base64')
  return {
    fileExtension: 'jks',
    kStore: nothing,
    tStore: nothing,
    password: 'fake',
    caChain: certificate,
    clientKey: '',
    clientCert: certificate,
  }
}
