import type { FeatureStore } from '@airq/feature-store'
import { azureChecks } from './azure.ts'
import { type Check, type CheckResult, ok } from './check.ts'
import { clockCheck } from './clock.ts'
import { envFileCheck } from './env-file.ts'
import { freshnessChecks } from './freshness.ts'
import { leasesCheck } from './leases.ts'
import { nodeCheck } from './node.ts'
import { openMeteoChecks } from './open-meteo.ts'
import { type Closable, type ExamineOptions, openSession } from './open-session.ts'
import { modelsCheck, registryCheck } from './registry.ts'
import { runChecks } from './run-checks.ts'
import { secretChecks } from './secrets.ts'
import { once, type Session, type Surroundings } from './session.ts'
import { stateCheck } from './state.ts'
import { sharedStore, storeCheck } from './store.ts'
import { waqiChecks } from './waqi.ts'

export interface Examination {
  readonly results: readonly CheckResult[]
  /** The command line or the configuration is wrong: nothing could be asked. */
  readonly wrongInput: boolean
}

/** Looks at everything that a configuration needs, and at the configuration itself. Writes nothing. */
export async function examine(surroundings: Surroundings, options: ExamineOptions): Promise<Examination> {
  const { io, network } = surroundings
  const leaving = new AbortController()
  const signal = AbortSignal.any([options.signal, leaving.signal])
  const resources: Closable[] = []
  const keep = (resource: Closable): void => {
    resources.push(resource)
  }
  try {
    const { check, session } = await openSession(surroundings, { ...options, signal }, keep)
    const checks = [
      nodeCheck(),
      check,
      envFileCheck(surroundings),
      ...(session === undefined
        ? [...UNKNOWN.map(waiting), stateCheck(surroundings)]
        : sessionChecks(session, keep)),
    ]
    const results = await runChecks(checks, { network, signal, now: () => io.clock.now() })
    return {
      results,
      wrongInput: results.some(({ id, status }) => status === 'failed' && /^config\b/.test(id)),
    }
  } finally {
    // What still hangs is told to stop; what is open is closed.
    leaving.abort()
    for (const resource of resources) await resource.close().catch(() => undefined)
  }
}

/** What cannot even be named without a configuration. */
const UNKNOWN = ['secrets', 'sources', 'store', 'registry', 'freshness']

function waiting(id: string): Check {
  return { id, needs: ['config'], where: 'the configuration', run: () => Promise.resolve(ok('')) }
}

/** In the order in which a user puts things right. */
function sessionChecks(session: Session, keep: (resource: FeatureStore) => void): Check[] {
  const store = sharedStore(session, keep)
  const registry = once(() => session.context.openRegistry({ readOnly: true }))
  const fresh = freshnessChecks(session, store)
  return [
    ...secretChecks(session),
    ...waqiChecks(session),
    ...openMeteoChecks(session),
    clockCheck(session),
    stateCheck(session),
    storeCheck(session, store),
    ...leasesCheck(session),
    registryCheck(session, registry),
    ...azureChecks(session),
    fresh.readings,
    fresh.days,
    modelsCheck(session, registry),
    fresh.forecasts,
  ]
}
