import { createHash } from 'node:crypto'

import type { Input } from './input.ts'
import { invalid } from './refusal.ts'

/** Everything the fake server holds. */
export interface State {
  readonly now: () => number
  readonly experiments: Map<string, Experiment>
  readonly runs: Map<string, Run>
  readonly models: Map<string, RegisteredModel>
  /** By path below the root: `1/RUN/artifacts/model/model.json`. */
  readonly artifacts: Map<string, Uint8Array>
  /** Where new runs keep their artifacts: `mlflow-artifacts:` or `s3://bucket`. */
  artifactRoot: string
  proxyOn: boolean
  /** A new version is READY after so many reads. */
  readyAfterReads: number
}

export interface Experiment {
  readonly id: string
  readonly name: string
  readonly artifactLocation: string | undefined
  readonly createdAt: number
  readonly tags: Map<string, string>
  deleted: boolean
}

export interface Metric {
  readonly key: string
  readonly value: number
  readonly timestamp: number
  readonly step: number
}

export interface Run {
  readonly id: string
  readonly experimentId: string
  name: string
  status: string
  readonly startTime: number
  endTime: number | undefined
  readonly artifactUri: string
  readonly metrics: Metric[]
  readonly params: Map<string, string>
  readonly tags: Map<string, string>
  readonly inputs: unknown[]
}

export interface RegisteredModel {
  name: string
  readonly createdAt: number
  updatedAt: number
  description: string | undefined
  readonly tags: Map<string, string>
  readonly aliases: Map<string, number>
  /** Deleted ones too: their numbers are not used again. */
  readonly versions: Version[]
}

export interface Version {
  readonly number: number
  readonly createdAt: number
  updatedAt: number
  stage: string
  description: string
  readonly source: string
  readonly runId: string
  readonly runLink: string
  readonly tags: Map<string, string>
  deleted: boolean
  readsUntilReady: number
}

export function createState(now: () => number): State {
  const home: Experiment = {
    id: '0',
    name: 'Default',
    artifactLocation: undefined,
    createdAt: now(),
    tags: new Map(),
    deleted: false,
  }
  return {
    now,
    experiments: new Map([[home.id, home]]),
    runs: new Map(),
    models: new Map(),
    artifacts: new Map(),
    artifactRoot: 'mlflow-artifacts:',
    proxyOn: true,
    readyAfterReads: 0,
  }
}

/** Where an experiment's runs keep their artifacts, unless it was made with a place of its own. */
export function locationOf({ artifactRoot }: State, { id, artifactLocation }: Experiment): string {
  return artifactLocation ?? `${artifactRoot}/${id}`
}

/** 32 hex digits, the same for the same number of runs: a fake is repeatable. */
export function nextRunId({ runs }: State): string {
  return createHash('sha256')
    .update(`run ${String(runs.size)}`)
    .digest('hex')
    .slice(0, 32)
}

/** As on the wire: empty lists and absent fields are left out. */
export function lean(fields: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(
    Object.entries(fields).filter(
      ([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0),
    ),
  )
}

export function wireTags(tags: ReadonlyMap<string, string>): object[] {
  return [...tags].map(([key, value]) => ({ key, value }))
}

/** One page of a search. @throws Refusal for a page that is longer than allowed */
export function pageOf<T>(
  found: readonly T[],
  input: Input,
  usual: number,
  most: number,
): { readonly items: readonly T[]; readonly token: string | undefined } {
  const size = input.optionalInt('max_results') ?? usual
  if (size < 1 || size > most) {
    throw invalid(
      `Invalid value ${String(size)} for parameter 'max_results' supplied: It must be between 1 and ${String(most)}.`,
    )
  }
  const token = input.optionalText('page_token')
  const from = token === undefined || token === '' ? 0 : offsetIn(token)
  const next = JSON.stringify({ offset: from + size })
  return {
    items: found.slice(from, from + size),
    token: from + size < found.length ? Buffer.from(next).toString('base64') : undefined,
  }
}

function offsetIn(token: string): number {
  const offset = /^\{"offset": ?(\d+)\}$/.exec(Buffer.from(token, 'base64').toString('utf8'))?.[1]
  if (offset === undefined) throw invalid('Invalid page token, could not base64-decode')
  return Number(offset)
}
