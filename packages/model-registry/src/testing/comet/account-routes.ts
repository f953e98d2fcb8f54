import { done, json } from './reply.ts'
import { inQuery, type Routes } from './router.ts'
import { checkWorkspace, experimentOf, type State } from './state.ts'
import { metadataOf } from './experiment-routes.ts'
import { codes, Refusal } from './refusal.ts'

/** Who is asking, what is there, and what lives on besides experiments and models. */
export const accountRoutes: Routes = {
  'GET /account-details': ({ state }) =>
    json({ userName: state.user, defaultWorkspaceName: state.workspace }),

  'GET /workspaces': ({ state }) => json({ workspaceNames: [state.workspace] }),

  'GET /projects': (call) => {
    const { state } = call
    checkWorkspace(state, inQuery(call, 'workspaceName'))
    return json({ projects: projectNames(state).map((name) => project(state, name)) })
  },

  'GET /experiments': (call) => {
    const { state } = call
    const [id, name] = [inQuery(call, 'projectId'), inQuery(call, 'projectName')]
    const found = projectNames(state).find((other) => projectId(other) === id || other === name)
    if (found === undefined) throw new Refusal(codes.other, 'no such project')
    const archived = inQuery(call, 'archived') === 'true'
    const experiments = [...state.experiments.values()]
      .filter((experiment) => experiment.project === found && experiment.archived === archived)
      .map((experiment) => metadataOf(state, experiment))
    return json({ experiments })
  },

  'GET /write/experiment/set-status': (call) => {
    experimentOf(call.state, inQuery(call, 'experimentKey'))
    return json({
      isAliveBeatDurationMillis: 10_000,
      gpuMonitorIntervalMillis: 60_000,
      cpuMonitorIntervalMillis: 68_000,
    })
  },

  'GET /write/experiment/stop': (call) => {
    experimentOf(call.state, inQuery(call, 'experimentKey'))
    return done('Stop Requested')
  },
}

function projectNames(state: State): string[] {
  return [...new Set([...state.experiments.values()].map(({ project: name }) => name))]
}

function project(state: State, name: string): object {
  const experiments = [...state.experiments.values()].filter((experiment) => experiment.project === name)
  return {
    projectId: projectId(name),
    projectName: name,
    ownerUserName: state.user,
    projectDescription: '',
    workspaceName: state.workspace,
    isPublic: false,
    isShared: false,
    numberOfExperiments: experiments.length,
    lastUpdated: Math.max(...experiments.map(({ createdAt }) => createdAt)),
  }
}

function projectId(name: string): string {
  return Buffer.from(name).toString('hex').padEnd(32, '0').slice(0, 32)
}
