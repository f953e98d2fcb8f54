import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { FeatureStore, Lease } from '@airq/feature-store'
import { z } from 'zod'
import type { RunLease } from '../types.ts'

/** The lease says that somebody holds it; the note beside the store says who. */
const noteSchema = z.object({
  runId: z.string(),
  host: z.string(),
  pid: z.number(),
  since: z.iso.datetime(),
})

export interface LeaseTaker {
  readonly pipeline: string
  readonly runId: string
  /** Absolute. */
  readonly stateDir: string
  readonly now: () => number
  readonly signal: AbortSignal
}

export type LeaseAnswer = { readonly lease: RunLease } | { readonly heldBy: string }

/** Takes the lease on pipeline and station, or says who holds it. A store without leases grants it always. */
export async function takeLease(
  store: FeatureStore,
  station: string,
  taker: LeaseTaker,
): Promise<LeaseAnswer> {
  const { pipeline, runId, stateDir, now, signal } = taker
  if (!store.capabilities.leases) return { lease: { [Symbol.asyncDispose]: () => Promise.resolve() } }
  const folder = join(stateDir, 'leases')
  const path = join(folder, `${pipeline} ${station}.json`)
  const lease = await store.acquireLease(`${pipeline} ${station}`, { signal })
  if (lease === null) return { heldBy: await holderIn(path) }
  const note = { runId, host: hostname(), pid: process.pid, since: new Date(now()).toISOString() }
  // Without the note the lease holds all the same.
  await mkdir(folder, { recursive: true, mode: 0o700 })
    .then(() => writeFile(path, JSON.stringify(note), { mode: 0o600 }))
    .catch(() => undefined)
  return { lease: releasable(lease, path) }
}

function releasable(lease: Lease, path: string): RunLease {
  let released: Promise<void> | undefined
  const release = async (): Promise<void> => {
    // First the note: once released, it may be the next holder's.
    await rm(path, { force: true }).catch(() => undefined)
    await lease.release()
  }
  return { [Symbol.asyncDispose]: () => (released ??= release()) }
}

/** Who holds it, by the note beside the store; a run that is gone is said to be. */
export async function holderIn(path: string): Promise<string> {
  try {
    const { runId, host, pid, since } = noteSchema.parse(JSON.parse(await readFile(path, 'utf8')))
    const gone = host === hostname() && !isAlive(pid) ? ', which is gone' : ''
    return `run ${runId} (process ${String(pid)} on ${host}${gone}) since ${since}`
  } catch {
    return 'another run'
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: there, but somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
