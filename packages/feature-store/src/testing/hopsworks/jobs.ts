import { Refusal } from './refusal.ts'
import { takeId, type Execution, type Job, type State } from './state.ts'

/** A job under this name; one that is there keeps its id and gets the new work. */
export function putJob(state: State, name: string, spec: Pick<Job, 'work' | 'writes' | 'args'>): Job {
  const known = state.jobs.find((job) => job.name === name)
  if (known !== undefined) return Object.assign(known, spec)
  const job: Job = { id: takeId(state), name, created: state.now(), executions: [], ...spec }
  state.jobs.push(job)
  return job
}

/** `<what>_<operation>_ddMMyyyyHHmmss`: two within a second are one and the same job. */
export function jobName(state: State, what: string, operation: string): string {
  const [, year = '', month = '', day = '', ...time] =
    /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)/.exec(new Date(state.now()).toISOString()) ?? []
  return `${what}_${operation}_${day}${month}${year}${time.join('')}`
}

/** @throws Refusal 412/150029, 400/130040 */
export function startJob(state: State, job: Job): Execution {
  const { credits, parallelExecutions } = state.quotas
  if (!credits) throw new Refusal(150029)
  const running = state.jobs.flatMap((other) => other.executions).filter((other) => !isOver(state, other))
  if (parallelExecutions >= 0 && running.length >= parallelExecutions) {
    throw new Refusal(130040, 'Parallel executions quota reached.')
  }
  const fate = state.fates.shift() ?? 'as-usual'
  const begun = state.now()
  const runsAt = begun + state.timing.startMs
  const endsAt = fate === 'never-ends' ? Infinity : runsAt + state.timing.runMs
  const execution: Execution = {
    id: takeId(state),
    job,
    begun,
    runsAt,
    endsAt,
    fate,
    outcome: undefined,
    stopped: false,
    logged: false,
  }
  job.executions.push(execution)
  state.begun.push(execution)
  return execution
}

/** Lets every execution that should have ended by now end, in order. Before each request. */
export async function settle(state: State): Promise<void> {
  const due = state.jobs
    .flatMap((job) => job.executions)
    .filter(({ outcome, endsAt }) => outcome === undefined && endsAt <= state.now())
    .sort((a, b) => a.endsAt - b.endsAt)
  for (const execution of due) execution.outcome = await outcomeOf(state, execution)
  writeLogs(state)
}

/** Logs are files too, somewhat after the end. */
function writeLogs(state: State): void {
  for (const execution of state.begun) {
    const { outcome, endsAt, logged } = execution
    if (logged || outcome === undefined || state.now() < endsAt + state.timing.logLagMs) continue
    execution.logged = true
    // A job that could not begin has left nothing.
    if (outcome.log === '') continue
    const { out, err } = logsOf(outcome)
    const folder = logFolder(state, execution)
    state.files.makeFolder(folder)
    state.files.write(`${folder}/stdout.log`, Buffer.from(out))
    state.files.write(`${folder}/stderr.log`, Buffer.from(err))
  }
}

export function logsOf({ status, log }: NonNullable<Execution['outcome']>): { out: string; err: string } {
  return { out: 'Starting.', err: status === 'SUCCEEDED' ? '' : log }
}

function logFolder({ project }: State, { id, job }: Execution): string {
  return `/Projects/${project.name}/Logs/Spark/${job.name}/${String(id)}`
}

async function outcomeOf(state: State, execution: Execution): Promise<NonNullable<Execution['outcome']>> {
  const { job, fate } = execution
  if (fate === 'killed') return { status: 'KILLED', log: 'Application was killed by user dr.who' }
  if (fate === 'fails-to-initialise') return { status: 'FAILED', log: '' }
  if (fate === 'fails') return { status: 'FAILED', log: 'java.lang.OutOfMemoryError: Java heap space' }
  try {
    if (conflicts(state, execution)) {
      throw new Error('HoodieWriteConflictException: Cannot resolve conflicts for overlapping writes')
    }
    await job.work()
    return { status: 'SUCCEEDED', log: 'Cleaned up.' }
  } catch (error) {
    return { status: 'FAILED', log: `Traceback (most recent call last):\n${String(error)}` }
  }
}

/** Of two writes to one table at the same time the one that began later fails. */
function conflicts({ jobs }: State, execution: Execution): boolean {
  const { writes } = execution.job
  if (writes === undefined) return false
  return jobs
    .filter((job) => job.writes === writes)
    .flatMap((job) => job.executions)
    .some((other) => other.id < execution.id && !other.stopped && other.endsAt > execution.runsAt)
}

function isOver(state: State, { endsAt, stopped }: Execution): boolean {
  return stopped || endsAt <= state.now()
}

export function executionDto(state: State, execution: Execution): object {
  const { id, job, begun, outcome, fate, stopped } = execution
  const initialisation = fate === 'fails-to-initialise' && outcome !== undefined
  const finalStatus = stopped ? 'KILLED' : initialisation ? 'UNDEFINED' : (outcome?.status ?? 'UNDEFINED')
  const folder = logFolder(state, execution)
  return {
    href: `/project/${String(state.project.id)}/jobs/${job.name}/executions/${String(id)}`,
    id,
    submissionTime: new Date(begun).toISOString(),
    state: stopped ? 'KILLED' : initialisation ? 'INITIALIZATION_FAILED' : stateOf(state, execution),
    finalStatus,
    stdoutPath: `${folder}/stdout.log`,
    stderrPath: `${folder}/stderr.log`,
    appId: `application_${String(begun)}_${String(id)}`,
    hdfsUser: `${state.project.name}__fake0000`,
    args: job.args,
    progress: outcome === undefined ? 0 : 1,
    duration: state.now() - begun,
    filesToRemove: [],
  }
}

function stateOf(state: State, { begun, runsAt, outcome }: Execution): string {
  if (outcome !== undefined) return outcome.status === 'SUCCEEDED' ? 'FINISHED' : outcome.status
  const now = state.now()
  if (now >= runsAt) return 'RUNNING'
  return now - begun < (runsAt - begun) / 2 ? 'INITIALIZING' : 'ACCEPTED'
}
