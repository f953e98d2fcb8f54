import { createHash } from 'node:crypto'
import type { AqiAlertRow } from '@airq/feature-groups'
import { isOpen } from './settle.ts'

/** One thing to tell: an alert has opened, or is over. */
export interface Notice {
  readonly row: AqiAlertRow
  readonly state: 'opened' | 'recovered'
}

/** What a webhook is sent. */
export interface WebhookMessage {
  /** The same for the same notices: whoever has taken it need not take it again. */
  readonly idempotencyKey: string
  readonly body: string
}

/** What was not told yet, by when it happened. */
export function pendingNotices(rows: readonly AqiAlertRow[]): Notice[] {
  const at = ({ row, state }: Notice) => (state === 'opened' ? row.opened_ms : (row.closed_ms ?? 0))
  return rows
    .flatMap((row): Notice[] => [
      ...(row.told_opened ? [] : [{ row, state: 'opened' as const }]),
      ...(isOpen(row) || row.told_closed ? [] : [{ row, state: 'recovered' as const }]),
    ])
    .sort((a, b) => at(a) - at(b) || (idOf(a) < idOf(b) ? -1 : 1))
}

/** The rows of notices that were told, so marked. */
export function toldRows(notices: readonly Notice[]): AqiAlertRow[] {
  const byAlert = new Map<string, AqiAlertRow>()
  for (const { row, state } of notices) {
    const key = alertId(row)
    const held = byAlert.get(key) ?? row
    byAlert.set(key, { ...held, ...(state === 'opened' ? { told_opened: true } : { told_closed: true }) })
  }
  return [...byAlert.values()]
}

export function webhookMessage(notices: readonly Notice[]): WebhookMessage {
  const ids = notices.map(idOf)
  const idempotencyKey = createHash('sha256').update(ids.join('\n')).digest('hex')
  const text = notices
    .map(({ row, state }) => `[${state}] ${row.station} ${row.cause}: ${row.message}`)
    .join('\n')
  const alerts = notices.map((notice) => ({
    id: idOf(notice),
    state: notice.state,
    ...alertOf(notice.row),
  }))
  return { idempotencyKey, body: JSON.stringify({ format: 1, idempotencyKey, text, alerts }) }
}

/** An alert for machines: no observed values, instants as ISO. */
export interface Alert {
  /** `*`: it concerns all of them. */
  readonly station: string
  readonly cause: string
  readonly number: number
  readonly severity: string
  readonly message: string
  readonly hint: string
  readonly openedAt: string
  readonly lastSeenAt: string
  readonly closedAt: string | null
}

export function alertOf(row: AqiAlertRow): Alert {
  return {
    station: row.station,
    cause: row.cause,
    number: row.number,
    severity: row.severity,
    message: row.message,
    hint: row.hint,
    openedAt: new Date(row.opened_ms).toISOString(),
    lastSeenAt: new Date(row.last_seen_ms).toISOString(),
    closedAt: row.closed_ms === null ? null : new Date(row.closed_ms).toISOString(),
  }
}

function alertId({ station, cause, number }: AqiAlertRow): string {
  return `${station}/${cause}/${String(number)}`
}

function idOf({ row, state }: Notice): string {
  return `${alertId(row)}/${state}`
}
