import { ALL_STATIONS, type AqiAlertRow } from '@airq/feature-groups'
import type { CheckResult } from './types.ts'

export interface Settlement {
  readonly now: number
  /** Whether anybody is told: without, nothing is kept to be told later. */
  readonly tells: boolean
}

/** Whether the alert of a row is going on. */
export function isOpen({ closed_ms }: AqiAlertRow): boolean {
  return closed_ms === null
}

/**
 * What a look makes of the alerts there were: a finding opens one or renews the one that is open, a result that clears
 * closes it, anything else leaves it as it is.
 * @returns the rows that are new or changed
 */
export function settle(
  rows: readonly AqiAlertRow[],
  results: readonly CheckResult[],
  settlement: Settlement,
): AqiAlertRow[] {
  return results.flatMap((result) => {
    const ours = rows.filter((row) => row.station === stationOf(result) && row.cause === result.cause)
    const open = ours.find(isOpen)
    if (result.status === 'alert') {
      const number = Math.max(-1, ...ours.map((row) => row.number)) + 1
      return [open === undefined ? opened(result, number, settlement) : renewed(open, result, settlement)]
    }
    return open !== undefined && result.clears ? [closed(open, result.message, settlement)] : []
  })
}

/** The open alerts of stations that are not there any more, closed. */
export function settleGone(
  rows: readonly AqiAlertRow[],
  stations: ReadonlySet<string>,
  settlement: Settlement,
): AqiAlertRow[] {
  return rows
    .filter((row) => isOpen(row) && row.station !== ALL_STATIONS && !stations.has(row.station))
    .map((row) => closed(row, 'the station is no longer in the configuration', settlement))
}

function stationOf({ station }: CheckResult): string {
  return station ?? ALL_STATIONS
}

function opened(result: CheckResult, number: number, { now, tells }: Settlement): AqiAlertRow {
  return {
    station: stationOf(result),
    cause: result.cause,
    number,
    opened_ms: now,
    severity: result.severity,
    message: result.message,
    hint: result.hint,
    last_seen_ms: now,
    closed_ms: null,
    told_opened: !tells,
    told_closed: false,
    known_at: now,
  }
}

function renewed(row: AqiAlertRow, result: CheckResult, { now }: Settlement): AqiAlertRow {
  const { severity, message, hint } = result
  return { ...row, severity, message, hint, last_seen_ms: now, known_at: now }
}

function closed(row: AqiAlertRow, message: string, { now, tells }: Settlement): AqiAlertRow {
  return { ...row, message, hint: '', closed_ms: now, told_closed: !tells, known_at: now }
}
