import { Delayed } from './delayed.ts'
import { codes, Refusal } from './refusal.ts'
import { done, json, type Reply } from './reply.ts'
import { demanded, inQuery, jsonBody, numberAt, textAt, textsAt, type Call, type Routes } from './router.ts'
import { checkWorkspace, experimentOf, nextId, type Experiment, type State } from './state.ts'
import { metricValues, summaries, summary } from './summaries.ts'

export const experimentRoutes: Routes = {
  'POST /write/experiment/create': createExperiment,

  'POST /write/experiment/set-start-end-time': (call) => {
    const body = jsonBody(call)
    const experiment = experimentOf(call.state, textAt(body, 'experimentKey'))
    experiment.startTime = numberAt(body, 'startTimeMillis') ?? experiment.startTime
    experiment.endTime = numberAt(body, 'endTimeMillis') ?? experiment.endTime
    return done()
  },

  'POST /write/experiment/metric': (call) => {
    const body = jsonBody(call)
    const experiment = experimentOf(call.state, textAt(body, 'experimentKey'))
    const value = demanded(body, 'metricValue')
    if (!Number.isFinite(Number(value))) throw new Refusal(codes.other, `metricValue is ${value}`)
    experiment.metrics.push({
      name: demanded(body, 'metricName'),
      value,
      step: numberAt(body, 'step'),
      epoch: numberAt(body, 'epoch'),
      context: textAt(body, 'context') ?? null,
      timestamp: numberAt(body, 'timestamp') ?? call.state.now(),
    })
    return done()
  },

  'POST /write/experiment/parameter': (call) => {
    const body = jsonBody(call)
    const experiment = experimentOf(call.state, textAt(body, 'experimentKey'))
    experiment.parameters.set(demanded(body, 'parameterName'), textAt(body, 'parameterValue') ?? '')
    return done()
  },

  'POST /write/experiment/log-other': (call) => {
    const body = jsonBody(call)
    const experiment = experimentOf(call.state, textAt(body, 'experimentKey'))
    const [key, value] = [demanded(body, 'key'), textAt(body, 'value') ?? '']
    if (key === 'Name') experiment.name = value
    const { others } = experiment
    others.set(new Map(others.latest).set(key, value), call.state.settings.hiddenReads)
    return done()
  },

  'POST /write/experiment/tags': (call) => {
    const body = jsonBody(call)
    const { tags } = experimentOf(call.state, textAt(body, 'experimentKey'))
    for (const tag of textsAt(body, 'addedTags')) tags.add(tag)
    return done()
  },

  'POST /write/experiment/git/metadata': (call) => {
    const body = jsonBody(call)
    const experiment = experimentOf(call.state, textAt(body, 'experimentKey'))
    const names = ['user', 'root', 'branch', 'parent', 'origin']
    experiment.git = Object.fromEntries(names.map((name) => [name, textAt(body, name) ?? '']))
    return done()
  },

  'POST /write/experiment/output': (call) => {
    const body = jsonBody(call)
    experimentOf(call.state, textAt(body, 'experimentKey')).output += textAt(body, 'output') ?? ''
    return done()
  },

  'POST /write/experiment/system-details': (call) => {
    const body = jsonBody(call)
    experimentOf(call.state, textAt(body, 'experimentKey')).systemDetails = body
    return done()
  },

  'GET /experiment/metadata': (call) => json(metadataOf(call.state, asked(call))),
  'GET /experiment/metrics/summary': (call) => json({ values: summaries(asked(call)) }),
  'GET /experiment/metrics/get-metric': (call) =>
    json({ metrics: metricValues(asked(call), inQuery(call, 'metricName') ?? '') }),
  'GET /experiment/parameters': (call) =>
    json({ values: [...asked(call).parameters].map(([name, value]) => summary(name, value)) }),
  'GET /experiment/log-other': (call) =>
    json({ values: [...asked(call).others.read()].map(([name, value]) => summary(name, value)) }),
  'GET /experiment/tags': (call) => json({ tags: [...asked(call).tags] }),
  'GET /experiment/git/metadata': (call) => json(asked(call).git ?? {}),
  'GET /experiment/output': (call) => json({ output: asked(call).output }),
  'GET /experiment/system-details': (call) => json(asked(call).systemDetails ?? {}),

  'GET /write/experiment/archive': (call) => setArchived(call, true, 'Archived'),
  'GET /write/experiment/restore': (call) => setArchived(call, false, 'Restore'),
  'GET /write/experiment/delete': (call) => {
    call.state.experiments.delete(asked(call).key)
    return done('Deleted')
  },
}

export function metadataOf({ workspace, user, now }: State, experiment: Experiment): object {
  const { startTime, endTime, createdAt } = experiment
  const from = startTime ?? createdAt
  return {
    experimentKey: experiment.key,
    experimentName: experiment.name,
    userName: user,
    projectId: Buffer.from(experiment.project).toString('hex').padEnd(32, '0').slice(0, 32),
    projectName: experiment.project,
    workspaceName: workspace,
    filePath: '',
    fileName: '',
    throttle: false,
    durationMillis: Math.max(0, (endTime ?? now()) - from),
    startTimeMillis: from,
    ...(endTime !== null && { endTimeMillis: endTime }),
    running: endTime === null,
    error: false,
    hasCrashed: false,
    archived: experiment.archived,
  }
}

function createExperiment(call: Call): Reply {
  const { state } = call
  const body = jsonBody(call)
  checkWorkspace(state, textAt(body, 'workspaceName'))
  const project = textAt(body, 'projectName') ?? ''
  if (project === '') throw new Refusal(codes.projectNameMissing, 'projectName is missing')
  const key = nextId(state, 'experiment')
  const name = textAt(body, 'experimentName') ?? ''
  state.experiments.set(key, {
    key,
    name,
    project,
    createdAt: state.now(),
    startTime: null,
    endTime: null,
    archived: false,
    parameters: new Map(),
    metrics: [],
    others: new Delayed(new Map()),
    tags: new Set(),
    git: null,
    assets: new Delayed([]),
    systemDetails: null,
    output: '',
  })
  const link = `https://www.comet.com/${state.workspace}/${project}/${key}`
  return json({ experimentKey: key, workspaceName: state.workspace, projectName: project, link, name })
}

function setArchived(call: Call, archived: boolean, message: string): Reply {
  asked(call).archived = archived
  return done(message)
}

function asked(call: Call): Experiment {
  return experimentOf(call.state, inQuery(call, 'experimentKey'))
}
