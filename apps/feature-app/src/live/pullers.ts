import type { RunContext, StationConfig } from '@airq/pipeline'
import type { PullStation } from './pull.ts'

export type Pullers = Readonly<Record<StationConfig['source']['kind'], PullStation>>

/** How each kind of source is pulled; its client is loaded when the first station of that kind is. */
export function pullersOf(context: RunContext): Pullers {
  return {
    waqi: lazily(async () => (await import('./pull-waqi.ts')).waqiPull(context)),
    'open-meteo': lazily(async () => (await import('./pull-open-meteo.ts')).openMeteoPull(context)),
    simulator: lazily(async () => (await import('./pull-simulator.ts')).pullSimulator),
    'aqicn-csv': () => Promise.reject(new Error('files are not pulled')),
  }
}

function lazily(load: () => Promise<PullStation>): PullStation {
  let loaded: Promise<PullStation> | undefined
  return async (request) => {
    loaded ??= load()
    return (await loaded)(request)
  }
}
