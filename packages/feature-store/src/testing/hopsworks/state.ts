import type { FileTree } from './file-tree.ts'
import type { Behaviours, FakeKey, FakeRow, JobFate, Quotas, Timing } from './types.ts'

export interface Feature {
  readonly name: string
  readonly type: string
  readonly description: string
  readonly primary: boolean
  readonly partition: boolean
  readonly hudiPrecombineKey: boolean
  readonly onlineType: string | null
}

interface OnlineTable {
  /** By primary key. */
  readonly shown: Map<string, FakeRow>
  /** Written, and shown from an instant on. */
  coming: { readonly row: FakeRow; readonly key: string; readonly visibleAt: number }[]
}

export interface Group {
  readonly id: number
  readonly name: string
  readonly version: number
  readonly type: string
  readonly eventTime: string | null
  readonly onlineEnabled: boolean
  readonly timeTravelFormat: string
  description: string
  features: readonly Feature[]
  readonly created: number
  /** By record key: primary key and event time. */
  readonly offline: Map<string, FakeRow>
  readonly online: OnlineTable
  readonly commits: { readonly at: number; readonly rows: number }[]
}

export interface View {
  readonly name: string
  readonly version: number
  readonly group: Group
  readonly features: readonly string[]
  readonly dto: Readonly<Record<string, unknown>>
  readonly trainingSets: TrainingSet[]
  nextTrainingSet: number
}

export interface TrainingSet {
  readonly version: number
  readonly dataFormat: string
  readonly start: number | null
  readonly end: number | null
  readonly folder: string
  readonly dto: Readonly<Record<string, unknown>>
}

export interface Execution {
  readonly id: number
  readonly job: Job
  readonly begun: number
  readonly runsAt: number
  readonly endsAt: number
  readonly fate: JobFate
  /** What the job did, once it has ended. */
  outcome: { readonly status: 'SUCCEEDED' | 'FAILED' | 'KILLED'; readonly log: string } | undefined
  stopped: boolean
  /** Whether its logs lie in the project. */
  logged: boolean
}

export interface Job {
  readonly id: number
  readonly name: string
  readonly created: number
  /** Its work when an execution ends; throws what the log tells. */
  work: () => Promise<void> | void
  /** A group whose table it writes. */
  writes: Group | undefined
  args: string
  readonly executions: Execution[]
}

/** All the server knows. */
export interface State {
  readonly project: { readonly name: string; readonly id: number; readonly storeId: number }
  readonly keys: Map<string, FakeKey>
  readonly groups: Group[]
  readonly views: View[]
  readonly jobs: Job[]
  /** Every execution begun, also of jobs that were deleted since. */
  readonly begun: Execution[]
  readonly files: FileTree
  readonly now: () => number
  /** 0 ≤ x < 1, seeded. */
  readonly random: () => number
  readonly fates: JobFate[]
  readonly certificate: string
  behaviours: Behaviours
  quotas: Quotas
  timing: Timing
  nextId: number
}

export function takeId(state: State): number {
  state.nextId += 1
  return state.nextId
}

export function storeName({ project }: State): string {
  return `${project.name.toLowerCase()}_featurestore`
}

export function shuffled<T>(state: State, items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: state.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
}
