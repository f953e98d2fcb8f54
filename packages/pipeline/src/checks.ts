import type { AnyFeatureGroup, FeatureStore } from '@airq/feature-store'
import { describeError } from './describe-error.ts'
import { PipelineError } from './errors.ts'
import { mark } from './terminal/width.ts'
import type { RunContext, StageResult } from './types.ts'

/** One thing that `--check` tries: it tells what it found, or throws. */
export interface CheckItem {
  readonly name: string
  readonly run: () => Promise<string>
}

/**
 * Tries each and writes nothing.
 * @param fields what the summary of the pipeline must have beside `checks`
 * @throws PipelineError `check-failed`
 */
export async function runChecks(
  context: RunContext,
  items: readonly CheckItem[],
  fields: Readonly<Record<string, unknown>>,
): Promise<StageResult> {
  const checks: { readonly name: string; readonly ok: boolean; readonly message: string }[] = []
  for (const { name, run } of items) {
    try {
      checks.push({ name, ok: true, message: await run() })
    } catch (error) {
      context.signal.throwIfAborted()
      const { message, hint } = describeError(error).report
      checks.push({ name, ok: false, message: hint === undefined ? message : `${message} ${hint}` })
    }
  }
  const lines = checks.map(({ name, ok, message }) => `${ok ? 'ok  ' : 'BAD '} ${name}: ${message}`)
  const text = lines.join('\n')
  const bad = checks.filter(({ ok }) => !ok)
  if (bad.length === 0) return { summary: { checks, ...fields }, text: mark(text, false) }
  throw new PipelineError(
    'check-failed',
    `${String(bad.length)} of ${String(checks.length)} checks failed\n${text}`,
    { hint: 'Do what stands behind each BAD, then check again with --check.', details: { checks } },
  )
}

/** The feature store: its address, credentials and project, and that it holds these groups as they are declared. */
export function checkStore(context: RunContext, groups: readonly AnyFeatureGroup[]): CheckItem {
  return {
    name: `feature store ${context.config.featureStore.kind}`,
    run: async () => {
      let store
      try {
        store = await context.openStore({ readOnly: true })
      } catch (error) {
        if (!isCode(error, 'no-store')) throw error
        await checkState(context)
        return 'nothing is there yet: the first import makes it'
      }
      let there = 0
      for (const group of groups) if (await holdsGroup(store, group, context.signal)) there += 1
      return `answers, has ${String(there)} of ${String(groups.length)} groups`
    },
  }
}

/** The model registry: its address and credentials, and that it lets itself be read. */
export function checkRegistry(context: RunContext): CheckItem {
  return {
    name: `model registry ${context.config.modelRegistry.kind}`,
    run: async () => {
      const registry = await context.openRegistry({ readOnly: true })
      const names = await registry.names({ signal: context.signal })
      if (registry.kind === 'local') await checkState(context)
      return `answers, has ${String(names.length)} models`
    },
  }
}

/**
 * Whether a store has a group. Asks for no rows: then the group is looked up and compared, and no more.
 * @throws FeatureStoreError `schema-mismatch`
 */
export async function holdsGroup(
  store: FeatureStore,
  group: AnyFeatureGroup,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const nothing = { from: 1, to: 0, columns: [group.eventTime] }
    await store.read(group, nothing, { signal })[Symbol.asyncIterator]().next()
    return true
  } catch (error) {
    if (isCode(error, 'group-missing')) return false
    throw error
  }
}

async function checkState({ stateDir }: RunContext): Promise<void> {
  const { checkStateDirectory } = await import('./run/state-directory.ts')
  await checkStateDirectory(stateDir)
}

function isCode(error: unknown, code: string): boolean {
  return describeError(error).report.code === code
}
