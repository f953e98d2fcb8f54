import { ALL_STATIONS } from '@airq/feature-groups'
import type { AlertFacts } from '../types.ts'

const DAY_MS = 86_400_000
/** So long after its end an alert is told of. */
const RECENT_MS = 30 * DAY_MS

/** The alerts of a station, and of all of them, that are open or were not long ago: open ones first, newest first. */
export function recentAlerts(alerts: readonly AlertFacts[], station: string, now: number): AlertFacts[] {
  return alerts
    .filter((alert) => alert.station === station || alert.station === ALL_STATIONS)
    .filter(
      ({ opened_ms, closed_ms }) => opened_ms <= now && (closed_ms === null || now - closed_ms <= RECENT_MS),
    )
    .sort((a, b) => Number(a.closed_ms !== null) - Number(b.closed_ms !== null) || b.opened_ms - a.opened_ms)
}

/** The newest alert of each station and cause: whether it is open. */
export function newestAlerts(alerts: readonly AlertFacts[]): AlertFacts[] {
  const byCause = new Map<string, AlertFacts>()
  for (const alert of alerts) {
    const key = `${alert.station} ${alert.cause}`
    const held = byCause.get(key)
    if (held === undefined || alert.opened_ms > held.opened_ms) byCause.set(key, alert)
  }
  return [...byCause.values()]
}
