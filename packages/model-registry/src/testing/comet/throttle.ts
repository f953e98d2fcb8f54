import type { State } from './state.ts'

const minuteMs = 60_000

type Kind = 'metrics' | 'parameters' | 'other'

/** Counts requests by kind in the minute at hand, as the service throttles each kind of data separately. */
export function createThrottle(state: State): { retryAfterSeconds(path: string): number | null } {
  let minute = -1
  let counts: Record<Kind, number> = { metrics: 0, parameters: 0, other: 0 }
  return {
    retryAfterSeconds(path) {
      const now = state.now()
      const current = Math.floor(now / minuteMs)
      if (current !== minute) {
        minute = current
        counts = { metrics: 0, parameters: 0, other: 0 }
      }
      const kind = kindOf(path)
      counts[kind] += 1
      if (counts[kind] <= state.settings.limits[kind]) return null
      return Math.ceil(((current + 1) * minuteMs - now) / 1000)
    },
  }
}

function kindOf(path: string): Kind {
  if (path.endsWith('/write/experiment/metric')) return 'metrics'
  return path.endsWith('/write/experiment/parameter') ? 'parameters' : 'other'
}
