import {
  artifactOfRun,
  artifactOfVersion,
  deleteArtifacts,
  download,
  listFolder,
  listRunArtifacts,
  upload,
} from './artifact-routes.ts'
import {
  createExperiment,
  deleteExperiment,
  getExperiment,
  getExperimentByName,
  restoreExperiment,
} from './experiment-routes.ts'
import { Input, isRecord } from './input.ts'
import type { Asked } from './listener.ts'
import { logBatch, logInputs, logMetric, logParameter, setRunTag } from './log-routes.ts'
import {
  createRegisteredModel,
  deleteAlias,
  deleteRegisteredModel,
  deleteRegisteredModelTag,
  getRegisteredModel,
  getVersionByAlias,
  renameRegisteredModel,
  searchRegisteredModels,
  setAlias,
  setRegisteredModelTag,
  updateRegisteredModel,
} from './model-routes.ts'
import { invalid } from './refusal.ts'
import { json, notFoundPage, text, type Reply } from './reply.ts'
import { createRun, getMetricHistory, getRun, searchRuns, updateRun } from './run-routes.ts'
import type { State } from './state.ts'
import {
  createVersion,
  deleteVersion,
  deleteVersionTag,
  getDownloadUri,
  getVersion,
  searchVersions,
  setVersionTag,
  transitionStage,
  updateVersion,
} from './version-routes.ts'

type Call = (state: State, input: Input, bodyBytes: number) => object

/** Below `/api/2.0/mlflow/`. */
const calls: Readonly<Record<string, Call>> = {
  'POST experiments/create': createExperiment,
  'GET experiments/get-by-name': getExperimentByName,
  'GET experiments/get': getExperiment,
  'POST experiments/delete': deleteExperiment,
  'POST experiments/restore': restoreExperiment,
  'POST runs/create': createRun,
  'GET runs/get': getRun,
  'POST runs/update': updateRun,
  'POST runs/search': searchRuns,
  'POST runs/log-batch': logBatch,
  'POST runs/log-metric': logMetric,
  'POST runs/log-parameter': logParameter,
  'POST runs/set-tag': setRunTag,
  'POST runs/log-inputs': logInputs,
  'GET metrics/get-history': getMetricHistory,
  'GET artifacts/list': listRunArtifacts,
  'POST registered-models/create': createRegisteredModel,
  // The official client looks for them whenever it downloads; there are none.
  'POST logged-models/search': () => ({}),
  'GET registered-models/get': getRegisteredModel,
  'PATCH registered-models/update': updateRegisteredModel,
  'POST registered-models/rename': renameRegisteredModel,
  'DELETE registered-models/delete': deleteRegisteredModel,
  'GET registered-models/search': searchRegisteredModels,
  'POST registered-models/set-tag': setRegisteredModelTag,
  'DELETE registered-models/delete-tag': deleteRegisteredModelTag,
  'POST registered-models/alias': setAlias,
  'GET registered-models/alias': getVersionByAlias,
  'DELETE registered-models/alias': deleteAlias,
  'POST model-versions/create': createVersion,
  'GET model-versions/get': getVersion,
  'PATCH model-versions/update': updateVersion,
  'DELETE model-versions/delete': deleteVersion,
  'GET model-versions/search': searchVersions,
  'POST model-versions/set-tag': setVersionTag,
  'DELETE model-versions/delete-tag': deleteVersionTag,
  'GET model-versions/get-download-uri': getDownloadUri,
  'POST model-versions/transition-stage': transitionStage,
}

const apiPath = /^\/(?:ajax-)?api\/2\.0\/mlflow\/(.+)$/
const artifactsPath = /^\/(?:ajax-)?api\/2\.0\/mlflow-artifacts\/artifacts(?:\/(.*))?$/

/** What the fake says it is. */
const fakeVersion = '3.17.2'

/** @throws Refusal */
export function answerRoute(state: State, asked: Asked): Reply {
  const { method, path, query, body } = asked
  if (method === 'GET') {
    if (path === '/health') return text('OK', 200)
    if (path === '/version') return text(fakeVersion, 200)
    if (path === '/get-artifact') return artifactOfRun(state, inputOf(asked))
    if (path === '/model-versions/get-artifact') return artifactOfVersion(state, inputOf(asked))
  }
  const artifact = artifactsPath.exec(path)
  if (artifact !== null) {
    if (!state.proxyOn) return proxyOff
    const [, place] = artifact
    if (method === 'GET' && place === undefined) return listFolder(state, query.get('path') ?? '')
    if (place !== undefined && method === 'GET') return download(state, place)
    if (place !== undefined && method === 'PUT') return upload(state, place, body)
    if (place !== undefined && method === 'DELETE') return deleteArtifacts(state, place)
  }
  const call = calls[`${method} ${apiPath.exec(path)?.[1] ?? ''}`]
  return call === undefined ? notFoundPage : json(call(state, inputOf(asked), body.length))
}

const proxyOff = json(
  { detail: 'Artifact serving is disabled. Run `mlflow server` with `--serve-artifacts` to enable.' },
  503,
)

/** Parameters that occur several times are lists. */
function inputOf({ method, query, body }: Asked): Input {
  if (method !== 'GET') return new Input(bodyOf(body))
  const names = [...new Set(query.keys())]
  return new Input(
    Object.fromEntries(
      names.map((name) => {
        const values = query.getAll(name)
        return [name, values.length === 1 ? values[0] : values]
      }),
    ),
  )
}

function bodyOf(body: Buffer): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(body.toString('utf8'))
  } catch {
    throw invalid('Malformed JSON in the body of the request.')
  }
  if (!isRecord(value)) throw invalid('The body of the request is no JSON object.')
  return value
}
