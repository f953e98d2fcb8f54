import { defineGroup, type FeatureStore, FeatureStoreError, type RowOf } from '@airq/feature-store'
import type { OpenStoreOptions } from '../types.ts'

/** What a job leaves in the feature store of how it went, for whoever has submitted it. */

/** `summary` is the summary of the run as `--json` prints it, without its secrets. */
const pipelineRuns = defineGroup({
  name: 'pipeline_runs',
  version: 1,
  description:
    'How jobs went: the summary of each, by the name of the job; also the last good run of a pipeline.',
  primaryKey: ['run'],
  eventTime: 'started_ms',
  columns: {
    run: {
      type: 'string',
      description: 'Name of the job; `last PIPELINE`: the last good run over all stations.',
    },
    started_ms: { type: 'bigint', description: 'When the run began, epoch ms.' },
    known_at: { type: 'bigint', description: 'When it ended, epoch ms.' },
    pipeline: { type: 'string', description: 'As in the summary.' },
    run_id: { type: 'string', description: 'As in the summary.' },
    ok: { type: 'boolean', description: 'The run was done.' },
    degraded: { type: 'boolean', description: 'Done, but less well than wanted.' },
    summary: { type: 'string', description: 'The summary, JSON; without its results where these are long.' },
  },
})

type Row = RowOf<(typeof pipelineRuns)['columns']>

export interface RunRecord {
  readonly pipeline: string
  /** Epoch ms. */
  readonly startedAt: number
  readonly ok: boolean
  readonly degraded: boolean
  /** As its JSON Schema says, or only what all summaries have. */
  readonly summary: Readonly<Record<string, unknown>>
}

export interface RunToRecord {
  readonly job: string
  /** All stations, nothing left out. */
  readonly whole: boolean
  /** Epoch ms. */
  readonly endedAt: number
  /** A line of JSON, redacted. */
  readonly summary: string
}

/** Bytes, as stores with bounds count them: a row of Hopsworks' online store takes 30,000, four for a character. */
const LONGEST_SUMMARY = 6_000

/** What a store must be told to hold and find these records. */
export function recordHints(names: readonly string[]): OpenStoreOptions {
  return { keyDomains: { run: names }, textLengths: { run: 255, summary: LONGEST_SUMMARY } }
}

/** The key under which the last good run of a pipeline stands. */
export function lastRunKey(pipeline: string): string {
  return `last ${pipeline}`
}

/** @throws FeatureStoreError */
export async function writeRunRecord(
  store: FeatureStore,
  run: RunToRecord,
  signal: AbortSignal,
): Promise<void> {
  const summary = JSON.parse(run.summary) as Readonly<Record<string, unknown>>
  const row: Row = {
    run: run.job,
    started_ms: Date.parse(String(summary['startedAt'])),
    known_at: run.endedAt,
    pipeline: String(summary['pipeline']),
    run_id: String(summary['runId']),
    ok: summary['ok'] === true,
    degraded: summary['degraded'] === true,
    summary: JSON.stringify(fitted(summary)),
  }
  const isLast = row.ok && run.whole
  await store.ensure(pipelineRuns, { signal })
  await store.upsert(pipelineRuns, [row, ...(isLast ? [{ ...row, run: lastRunKey(row.pipeline) }] : [])], {
    signal,
  })
}

/**
 * `undefined`: there is none.
 * @param run name of a job, or `lastRunKey`
 * @throws FeatureStoreError
 */
export async function readRunRecord(
  store: FeatureStore,
  run: string,
  signal: AbortSignal,
): Promise<RunRecord | undefined> {
  try {
    for await (const rows of store.read(pipelineRuns, { keys: { run } }, { signal })) {
      const [row] = rows
      if (row !== undefined) return recordOf(row)
    }
  } catch (error) {
    if (!FeatureStoreError.isInstance(error) || error.code !== 'group-missing') throw error
  }
  return undefined
}

function recordOf({ pipeline, started_ms: startedAt, ok, degraded, summary }: Row): RunRecord {
  const parsed = JSON.parse(summary) as Readonly<Record<string, unknown>>
  return { pipeline, startedAt, ok, degraded, summary: parsed }
}

/** What all summaries have: it stays. */
const HEAD = ['pipeline', 'ok', 'degraded', 'runId', 'startedAt', 'durationMs', 'warnings', 'error']

/** Whole where it fits, else without its longest results, and with as many warnings as fit. */
function fitted(summary: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (fits(summary)) return summary
  const { error, ...rest } = summary
  let kept: Readonly<Record<string, unknown>> = {
    ...rest,
    truncated: true,
    ...(error === undefined ? {} : { error: shortened(error) }),
  }
  while (!fits(kept)) {
    const [longest] = Object.keys(kept)
      .filter((name) => !HEAD.includes(name) && name !== 'truncated')
      .toSorted((a, b) => lengthOf(kept[b]) - lengthOf(kept[a]))
    const warnings = Array.isArray(kept['warnings']) ? (kept['warnings'] as readonly unknown[]) : []
    if (longest !== undefined) {
      kept = Object.fromEntries(Object.entries(kept).filter(([name]) => name !== longest))
    } else if (warnings.length > 0) {
      kept = { ...kept, warnings: warnings.slice(0, Math.floor(warnings.length / 2)) }
    } else return kept
  }
  return kept
}

function lengthOf(value: unknown): number {
  return JSON.stringify(value).length
}

function shortened(error: unknown): object {
  const { code, message, hint } = error as { code: string; message: string; hint?: string }
  const cut = (text: string) => text.slice(0, 800)
  return { code, message: cut(message), ...(hint === undefined ? {} : { hint: cut(hint) }) }
}

/** Remote stores write some characters as three. */
function fits(summary: object): boolean {
  const text = JSON.stringify(summary).replaceAll(/[%"\\]/g, '%22')
  return Buffer.byteLength(text) <= LONGEST_SUMMARY
}
