import { setTimeout as sleep } from 'node:timers/promises'
import { describeError } from '@airq/pipeline'
import type { Check, CheckResult, Failure, Finding, Next } from './check.ts'

/** What one check may take, ms: longer than a slow server, shorter than patience. */
const LIMIT_MS = 10_000

export interface RunChecksOptions {
  readonly network: boolean
  readonly signal: AbortSignal
  /** Epoch ms. */
  readonly now: () => number
}

/**
 * Runs all checks at once but for those that need others, each for a bounded time, and goes on after a failed one.
 * @returns in the order of the checks
 */
export async function runChecks(
  checks: readonly Check[],
  options: RunChecksOptions,
): Promise<readonly CheckResult[]> {
  const outcomes = new Map<string, Promise<readonly CheckResult[]>>()
  for (const check of checks) outcomes.set(check.id, runCheck(check, outcomes, options))
  return (await Promise.all(outcomes.values())).flat()
}

async function runCheck(
  check: Check,
  outcomes: ReadonlyMap<string, Promise<readonly CheckResult[]>>,
  { network, signal, now }: RunChecksOptions,
): Promise<readonly CheckResult[]> {
  const missing = await missingNeeds(check, outcomes)
  const startedAt = now()
  const findings = await findingsOf()
  const durationMs = Math.max(0, Math.round(now() - startedAt))
  return findings.map((finding, i) => ({
    id: i === 0 ? check.id : `${check.id} ${String(i + 1)}`,
    status: finding.status,
    message: finding.message,
    where: finding.where ?? check.where,
    hint: finding.hint ?? null,
    next: finding.next ?? null,
    durationMs,
  }))

  async function findingsOf(): Promise<readonly Finding[]> {
    if (missing.length > 0) return [{ status: 'skipped', message: `needs ${missing.join(' and ')}` }]
    if (check.network === true && !network) {
      return [{ status: 'skipped', message: 'not asked, because of --no-network' }]
    }
    try {
      const found = await bounded(check.run, signal)
      return 'status' in found ? [found] : found
    } catch (error) {
      signal.throwIfAborted()
      return [await failed(check, error)]
    }
  }
}

/** Of the needs, those that are not met. */
async function missingNeeds(
  { needs = [] }: Check,
  outcomes: ReadonlyMap<string, Promise<readonly CheckResult[]>>,
): Promise<readonly string[]> {
  const unmet = await Promise.all(
    needs.map(async (need) => {
      const results = (await outcomes.get(need)) ?? []
      return results.some(({ status }) => status === 'failed' || status === 'skipped') ? [need] : []
    }),
  )
  return unmet.flat()
}

/** Whatever hangs is left behind: the signal tells it, and nobody waits for it. */
async function bounded<T>(run: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
  const over = new AbortController()
  const ended = AbortSignal.any([signal, over.signal])
  const limit = sleep(LIMIT_MS, undefined, { signal: ended }).then(() => {
    throw new TimeLimit()
  })
  const running = run(ended)
  for (const promise of [running, limit]) promise.catch(() => undefined)
  try {
    return await Promise.race([running, limit])
  } finally {
    over.abort()
  }
}

class TimeLimit extends Error {
  override readonly name = 'TimeLimit'
}

async function failed(check: Check, error: unknown): Promise<Finding> {
  const failure = told(error)
  const { message, where = check.where } = failure
  const next = (await check.nextFor?.(failure)) ?? byHint(failure)
  const hint = failure.hint
  return { status: 'failed', message, where, next, ...(hint === undefined ? {} : { hint }) }
}

function told(error: unknown): Failure {
  if (error instanceof TimeLimit) {
    return {
      code: 'timeout',
      message: `no answer within ${String(LIMIT_MS / 1000)} s`,
      hint: 'Check the network, the proxy and the address; a service that is down comes back by itself.',
    }
  }
  const { code, message, where, hint } = describeError(error).report
  return {
    ...{ code, message },
    ...(where === undefined ? {} : { where }),
    ...(hint === undefined ? {} : { hint }),
  }
}

function byHint({ code, hint }: Failure): Next {
  if (hint !== undefined) return { kind: 'do', text: hint }
  return { kind: 'do', text: `Read what it says (${code}), put it right, and run airq-doctor again.` }
}
