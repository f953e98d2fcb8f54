import { createHash } from 'node:crypto'
import type { AqiForecastRow } from '@airq/feature-groups'

/** Where a station's ledger stands. */
export interface LedgerHead {
  readonly rows: number
  /** SHA-256 (hex) over all rows before it. */
  readonly head: string
  /** Epoch ms; `null` for an empty ledger. */
  readonly lastIssuedAt: number | null
}

const START = '0'.repeat(64)

/** The fixed order: as they were issued; those of one instant by target day, slot and revision. */
function inOrder(ledger: readonly AqiForecastRow[]): AqiForecastRow[] {
  return ledger.toSorted(
    (a, b) =>
      a.issued_at - b.issued_at ||
      compare(a.day, b.day) ||
      compare(a.issue_slot, b.issue_slot) ||
      a.revision - b.revision,
  )
}

/**
 * The head after the first `rows` rows in order. Each link is the SHA-256 of the link before, a line feed and the row
 * in canonical JSON (keys sorted, no white space); the first link before is 64 zeros.
 */
export function ledgerHead(ledger: readonly AqiForecastRow[], rows = ledger.length): LedgerHead {
  const counted = inOrder(ledger).slice(0, rows)
  let head = START
  for (const row of counted) head = sha256(`${head}\n${canonicalRow(row)}`)
  return { rows: counted.length, head, lastIssuedAt: counted.at(-1)?.issued_at ?? null }
}

/** One digest for the ledgers of several stations, by the order of their ids. */
export function headOfAll(heads: ReadonlyMap<string, LedgerHead>): LedgerHead {
  const sorted = [...heads].sort(([a], [b]) => compare(a, b))
  const instants = sorted.flatMap(([, { lastIssuedAt }]) => (lastIssuedAt === null ? [] : [lastIssuedAt]))
  return {
    rows: sorted.reduce((sum, [, { rows }]) => sum + rows, 0),
    head: sha256(JSON.stringify(sorted.map(([id, { rows, head }]) => [id, rows, head]))),
    lastIssuedAt: instants.length === 0 ? null : instants.reduce((a, b) => Math.max(a, b)),
  }
}

function canonicalRow(row: AqiForecastRow): string {
  return JSON.stringify(
    row,
    Object.keys(row).sort((a, b) => compare(a, b)),
  )
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
