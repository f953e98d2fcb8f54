import { createHttpClient } from '@airq/http'
import { type Check, type Finding, ok, skipped } from './check.ts'
import { openMeteoHost } from './open-meteo.ts'
import type { Session } from './session.ts'
import { waqiStations } from './waqi.ts'

const WARN_MS = 2 * 60_000
const FAIL_MS = 10 * 60_000
const SECOND = 1000

/** This machine's time against that of a server of the configuration. Zones are judged with the configuration. */
export function clockCheck(session: Session): Check {
  const servers = serversOf(session)
  return {
    id: 'clock',
    network: true,
    where: servers[0] === undefined ? 'this machine' : new URL(servers[0]).host,
    run: async (signal) => {
      if (servers.length === 0)
        return skipped('this configuration asks no server, so there is no other clock')
      for (const server of servers) {
        const at = await timeOf(server, signal)
        if (at !== null) return judged(session.io.clock.now() - at, new URL(server).host)
      }
      return skipped('no server told the time')
    },
  }
}

function judged(offMs: number, server: string): Finding {
  // The header counts whole seconds.
  const off = Math.abs(offMs)
  const told = `${spanOf(off)} ${offMs > 0 ? 'ahead of' : 'behind'} ${server}`
  if (off < WARN_MS) return ok(off < 2 * SECOND ? `as ${server} has it` : told)
  return {
    status: off < FAIL_MS ? 'warning' : 'failed',
    message: `this machine's clock is ${told}`,
    where: server,
    hint: 'Tokens, leases and what was known when go by the clock.',
    next: { kind: 'run', command: 'sudo timedatectl set-ntp true' },
  }
}

function spanOf(ms: number): string {
  return ms < 120 * SECOND ? `${String(Math.round(ms / SECOND))} s` : `${String(Math.round(ms / 60_000))} min`
}

/** Addresses that are asked anyway, without anything secret. */
function serversOf(session: Session): string[] {
  const { context } = session
  const { config } = context
  const [waqi] = waqiStations(session)
  const weather = config.weather.kind !== 'none' && config.stations.some(({ location }) => location)
  const { featureStore, modelRegistry } = config
  return [
    ...(waqi === undefined
      ? []
      : [context.baseUrl('WAQI_BASE_URL', waqi.source.baseUrl) ?? 'https://api.waqi.info']),
    ...(weather
      ? [
          context.baseUrl('OPEN_METEO_BASE_URL', config.weather.baseUrl) ??
            `https://${openMeteoHost(session)}`,
        ]
      : []),
    ...(featureStore.kind === 'hopsworks'
      ? [context.baseUrl('HOPSWORKS_BASE_URL', featureStore.baseUrl) ?? hostUrl(featureStore)]
      : []),
    ...(modelRegistry.kind === 'mlflow'
      ? [context.baseUrl('MLFLOW_TRACKING_URI', modelRegistry.trackingUri)]
      : []),
    ...(modelRegistry.kind === 'comet'
      ? [context.baseUrl('COMET_URL_OVERRIDE', modelRegistry.baseUrl) ?? 'https://www.comet.com']
      : []),
  ].filter((url) => url !== undefined)
}

function hostUrl({ host, port }: { readonly host?: string; readonly port?: number }): string | undefined {
  return host === undefined ? undefined : `https://${host}:${String(port ?? 443)}`
}

/** Epoch ms by the header `Date` of any answer; `null` where there is none. */
async function timeOf(server: string, signal: AbortSignal): Promise<number | null> {
  try {
    const client = createHttpClient({ timeoutMs: 4000, deadlineMs: 4000, retry: { attempts: 1 } })
    const date = await client.call({ url: new URL('/', server).href }, ({ headers }) => headers['date'], {
      signal,
    })
    const at = Date.parse(date ?? '')
    return Number.isNaN(at) ? null : at
  } catch {
    signal.throwIfAborted()
    return null
  }
}
