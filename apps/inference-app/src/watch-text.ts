import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AqiAlertRow } from '@airq/feature-groups'
import { mark, UserError } from '@airq/pipeline'
import { alertOf, type CheckResult, isOpen } from '@airq/watch'

const FILE = 'alerts.json'

/** Alerts as summary and file tell them: those that are open, and those that were not long ago. */
export function alertList(rows: readonly AqiAlertRow[]) {
  return rows
    .map((row) => ({ state: isOpen(row) ? 'open' : 'recovered', ...alertOf(row) }))
    .sort((a, b) => (a.openedAt < b.openedAt ? -1 : a.openedAt > b.openedAt ? 1 : 0))
}

/** For people: what is wrong, then how the checks went. */
export function describeWatch(
  checked: readonly {
    readonly station: string
    readonly simulated: boolean
    readonly checks: readonly CheckResult[]
  }[],
  rows: readonly AqiAlertRow[],
): string {
  const simulated = new Set(checked.filter((one) => one.simulated).map(({ station }) => station))
  const alerts = rows.map((row) => {
    const since = new Date(row.opened_ms).toISOString()
    const word = isOpen(row) ? 'ALERT' : 'recovered'
    return mark(
      `${word} ${row.station} ${row.cause} since ${since}: ${row.message}`,
      simulated.has(row.station),
    )
  })
  const checks = checked.map(({ station, checks: all }) => {
    const told = all.map(({ cause, status }) => `${cause} ${status}`)
    return mark(`${station}: ${told.join(', ')}`, simulated.has(station))
  })
  const open = rows.filter(isOpen).length
  return [...alerts, ...checks, `${String(open)} ${open === 1 ? 'alert is' : 'alerts are'} open`].join('\n')
}

/**
 * Writes the alerts, without figures, into a folder; the file is whole or not at all.
 * @throws UserError `out-unwritable`
 */
export async function writeAlerts(out: string, content: object): Promise<void> {
  const beside = join(out, `${FILE}.${randomUUID()}.tmp`)
  try {
    await mkdir(out, { recursive: true })
    await writeFile(beside, `${JSON.stringify(content)}\n`)
    await rename(beside, join(out, FILE))
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined)
    const code = error instanceof Error && 'code' in error ? String(error.code) : null
    if (code === null) throw error
    throw new UserError('out-unwritable', `the alerts cannot be written to ${out} (${code})`, {
      where: out,
      hint: 'Name a folder you may write to with --out.',
      cause: error,
    })
  }
}
