import { localDayAt } from '@airq/aqi-client'
import { createOpenMeteoClient, endpointsBehind, type OpenMeteoClient } from '@airq/aqi-client/open-meteo'
import { systemClock } from '@airq/http'
import type { StationConfig } from '@airq/pipeline'
import { type Check, type Failure, type Next, ok } from './check.ts'
import type { Session } from './session.ts'

type Located = StationConfig & { readonly location: NonNullable<StationConfig['location']> }

/** Whether the model's weather, and its air where a station is made of it, can be had. */
export function openMeteoChecks(session: Session): Check[] {
  const { config } = session.context
  const located = config.stations.filter((station): station is Located => station.location !== undefined)
  const [forWeather] = config.weather.kind === 'none' ? [] : located
  const forAir = located.find(({ source }) => source.kind === 'open-meteo')
  const common = { network: true, nextFor } as const
  return [
    ...(forWeather === undefined
      ? []
      : [
          {
            ...common,
            id: 'open-meteo',
            where: openMeteoHost(session),
            run: async (signal: AbortSignal) => {
              const client = clientFor(session, config.weather.baseUrl)
              const { timeZone, location, id } = forWeather
              const { hours } = await client.weatherForecast(location, { timeZone, days: 1, signal })
              return ok(`forecasts the weather of ${id}: ${String(hours.length)} hours`)
            },
          },
        ]),
    ...(forAir === undefined
      ? []
      : [
          {
            ...common,
            id: 'open-meteo air',
            where: openMeteoHost(session),
            run: async (signal: AbortSignal) => {
              const base = forAir.source.kind === 'open-meteo' ? forAir.source.baseUrl : undefined
              const day = localDayAt(session.now, forAir.timeZone)
              const range = { firstDay: day, lastDay: day, timeZone: forAir.timeZone }
              let hours = 0
              const stream = clientFor(session, base).airQuality(forAir.location, range, {
                signal,
                clip: true,
              })
              for await (const chunk of stream.chunks()) hours += chunk.hours.length
              return ok(`gives the air of ${forAir.id}: ${String(hours)} hours of today`)
            },
          },
        ]),
  ]
}

export function openMeteoHost({ context }: Session): string {
  const base = context.baseUrl('OPEN_METEO_BASE_URL', context.config.weather.baseUrl)
  return base === undefined ? 'api.open-meteo.com' : new URL(base).host
}

function clientFor({ context, now }: Session, configured: string | undefined): OpenMeteoClient {
  const base = context.baseUrl('OPEN_METEO_BASE_URL', configured)
  const started = context.systemClock.now()
  return createOpenMeteoClient({
    clock: {
      now: () => now + Math.max(0, context.systemClock.now() - started),
      sleep: (ms, signal) => systemClock.sleep(ms, signal),
    },
    // A limit is told, not waited for.
    maxWaitMs: 0,
    ...(base === undefined ? {} : endpointsBehind(base)),
  })
}

function nextFor({ code }: Failure): Next {
  if (code === 'rate-limit') {
    return { kind: 'do', text: 'Wait: free calls are counted by the address you ask from.' }
  }
  return {
    kind: 'do',
    text: 'Check the network, the proxy, and OPEN_METEO_BASE_URL where it is set; or try again later.',
  }
}
