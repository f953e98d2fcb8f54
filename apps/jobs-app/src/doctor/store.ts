import { join } from 'node:path'
import {
  aqiDaily,
  aqiForecasts,
  aqiQuarantine,
  aqiReadings,
  aqiStations,
  remoteHints,
  sourceForecasts,
  weatherForecasts,
} from '@airq/feature-groups'
import type { AnyFeatureGroup, FeatureStore } from '@airq/feature-store'
import { holdsGroup, keySpan } from '@airq/pipeline'
import { type Check, type Failure, type Finding, type Next, ok } from './check.ts'
import { type EmbeddedFile, findEmbeddedFile, openDatabase, openEmbeddedStore } from './embedded-store.ts'
import { needsSecret, refusedSecret, secretId } from './secrets.ts'
import { commandLine, once, type Session } from './session.ts'

const GROUPS: readonly AnyFeatureGroup[] = [
  ...[aqiReadings, aqiQuarantine, aqiDaily, weatherForecasts, sourceForecasts, aqiStations, aqiForecasts],
]
/** Larger files take their time: `airq-store verify` has it. */
const MOST_CHECKED_BYTES = 200 * 1024 * 1024

/** The store as all checks share it; `null` where nothing was ever imported. */
export type OpenStore = () => Promise<FeatureStore | null>

export function sharedStore(session: Session, keep: (store: FeatureStore) => void): OpenStore {
  return once(async () => {
    const { context } = session
    if (context.config.featureStore.kind === 'sqlite') {
      const file = await findEmbeddedFile(session)
      if (file === null) return null
      const store = await openEmbeddedStore(session, file)
      keep(store)
      return store
    }
    return context.openStore({ readOnly: true, ...remoteHints(keySpan(context)) })
  })
}

export function storeCheck(session: Session, open: OpenStore): Check {
  const { context } = session
  const { kind } = context.config.featureStore
  if (kind === 'sqlite') {
    return {
      id: 'store',
      needs: ['state'],
      where: join(context.stateDir, 'feature-store.sqlite'),
      nextFor: ({ code }) => nextForFile(session, code),
      run: (signal) => embeddedFinding(session, open, signal),
    }
  }
  return {
    id: 'store',
    needs: needsSecret(session, 'fs-api-key') ? [secretId('fs-api-key')] : [],
    network: true,
    where: 'featureStore',
    nextFor: (failure) => nextForHopsworks(session, failure),
    run: (signal) => remoteFinding(open, signal),
  }
}

async function embeddedFinding(session: Session, open: OpenStore, signal: AbortSignal): Promise<Finding> {
  const file = await findEmbeddedFile(session)
  const store = file === null ? null : await open()
  if (file === null || store === null) return ok('nothing was imported yet: the first import makes it')
  if (file.bytes <= MOST_CHECKED_BYTES) await checkSound(file)
  const parts: string[] = []
  for (const group of GROUPS) {
    if (!(await holdsGroup(store, group, signal))) continue
    const { rows, lastEvent } = await store.describe(group, { signal })
    if (rows > 0 && group === aqiDaily) parts.unshift(`days to ${dayOf(lastEvent)}`)
    parts.push(`${group.name} ${String(rows)}`)
  }
  const told = parts.length === 0 ? 'holds no group yet' : `sound; ${parts.join(', ')} rows`
  if (!file.unmerged) return ok(told)
  return {
    status: 'warning',
    message: `${told}; rows of a run that was killed wait in ${file.path}-wal`,
    hint: 'They are safe, and no part of what is told here.',
    next: commandLine(session, 'inference-pipeline', ['--allow-fallback']),
  }
}

/** @throws with what SQLite says of the file */
async function checkSound(file: EmbeddedFile): Promise<void> {
  const db = await openDatabase(file)
  try {
    const row = db.prepare('PRAGMA quick_check(1)').get() ?? {}
    const [said] = Object.values(row)
    if (said !== 'ok') throw Object.assign(new Error(String(said)), { errcode: 11 })
  } catch (error) {
    const { FeatureStoreError } = await import('@airq/feature-store')
    const message = error instanceof Error ? error.message : String(error)
    throw new FeatureStoreError('store-damaged', `the file is damaged: ${message}`, { where: file.path })
  } finally {
    db.close()
  }
}

async function remoteFinding(open: OpenStore, signal: AbortSignal): Promise<Finding> {
  const store = await open()
  let there = 0
  for (const group of GROUPS) if (store !== null && (await holdsGroup(store, group, signal))) there += 1
  return ok(`Hopsworks answers, has ${String(there)} of ${String(GROUPS.length)} groups`)
}

function nextForFile(session: Session, code: string): Next | undefined {
  const file = join(session.context.stateDir, 'feature-store.sqlite')
  return code === 'store-damaged' ? { kind: 'run', command: `airq-store verify ${file}` } : undefined
}

async function nextForHopsworks(session: Session, { code }: Failure): Promise<Next | undefined> {
  switch (code) {
    case 'unauthorized':
      return refusedSecret(session, 'fs-api-key')
    case 'no-name':
      return { kind: 'run', command: 'export FS_PROJECT_NAME=<name of the Hopsworks project>' }
    case 'no-address':
      return { kind: 'run', command: 'export HOPSWORKS_HOST=<host of the Hopsworks project>' }
    case 'unavailable':
    case 'remote-failed':
      return {
        kind: 'do',
        text: 'Check host and port of featureStore, the network and the proxy; or try again later.',
      }
    default:
      return undefined
  }
}

function dayOf(at: number | null): string {
  return at === null ? '' : new Date(at + 12 * 3_600_000).toISOString().slice(0, 10)
}
