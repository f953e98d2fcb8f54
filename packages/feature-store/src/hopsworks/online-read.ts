import { groupLabel } from '../definition.ts'
import type { Row } from '../row-schema.ts'
import type { AnyFeatureGroup } from '../types.ts'
import type { KeyPlan, KeyRow, KeyValue } from './key-plan.ts'
import type { OnlineServer } from './online.ts'
import { pause } from './retrying.ts'
import { readValue } from './rows.ts'
import type { Settings } from './settings.ts'
import type { View } from './views.ts'

const FIRST_COUNTS = 8
/** How long the online copy may lag behind a job that has succeeded. */
const LAG_MS = 60_000
const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 8000
const SAMPLE = 100

export interface OnlineContext {
  readonly server: OnlineServer
  readonly settings: Settings
  readonly group: AnyFeatureGroup
  readonly view: View
  readonly signal: AbortSignal | undefined
}

/** The rows of a plan that are there. */
export async function readOnline(context: OnlineContext, { keys, counter }: KeyPlan): Promise<Row[]> {
  if (counter === undefined) return present(await lookUp(context, keys))
  const rows: Row[] = []
  let open = keys
  for (let first = 0, count = FIRST_COUNTS; open.length > 0; first += count, count *= 2) {
    const asked = open.flatMap((key) =>
      Array.from({ length: count }, (_, index) => ({ ...key, [counter]: first + index })),
    )
    const found = await lookUp(context, asked)
    rows.push(...present(found))
    // Where the last of a stretch is there, more may follow.
    open = open.filter((_, index) => found[(index + 1) * count - 1] !== undefined)
  }
  return rows
}

/**
 * Waits until the online copy shows rows this store has written: it follows the job, and no job waits for it. A sample
 * of them is asked for. False: after a minute it does not show them.
 */
export async function waitForOnlineCopy(context: OnlineContext, written: readonly Row[]): Promise<boolean> {
  const { settings, signal, group } = context
  const { clock, progress } = settings
  const step = Math.max(1, Math.ceil(written.length / SAMPLE))
  const sample = written.filter((_, index) => (written.length - 1 - index) % step === 0)
  const keys = sample.map((row) => keyOf(group, row))
  const began = clock.now()
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
    const found = await lookUp(context, keys)
    if (sample.every((row, index) => isSame(row, found[index]))) return true
    const elapsedMs = clock.now() - began
    if (elapsedMs >= LAG_MS) return false
    const message = 'waiting for the online copy to show what was written'
    progress({ step: 'online', group: groupLabel(group), message, elapsedMs })
    await pause(clock, signal, wait)
  }
}

async function lookUp(
  { server, group, view, signal }: OnlineContext,
  keys: readonly KeyRow[],
): Promise<(Row | undefined)[]> {
  const found = await server.lookUp(view, keys, signal)
  return found.map((values) =>
    values === undefined
      ? undefined
      : Object.fromEntries(
          Object.entries(group.columns).map(([name, column]) => [
            name,
            readValue(group, name, column, values.get(name)),
          ]),
        ),
  )
}

function present(rows: readonly (Row | undefined)[]): Row[] {
  return rows.filter((row) => row !== undefined)
}

function keyOf({ primaryKey }: AnyFeatureGroup, row: Row): KeyRow {
  return Object.fromEntries(primaryKey.map((name) => [name, row[name] as KeyValue]))
}

function isSame(row: Row, other: Row | undefined): boolean {
  return other !== undefined && Object.keys(row).every((name) => row[name] === other[name])
}
