import type { AnyFeatureGroup, Columns, FeatureGroupDefinition, RowOf } from '@airq/feature-store'

type AnyRow = Readonly<Record<string, unknown>>

interface Asked {
  readonly keys?: Readonly<Record<string, unknown>>
  readonly from?: number
  readonly to?: number
}

interface Kept {
  readonly asked: Asked
  /** By key. */
  readonly rows: Map<string, AnyRow>
}

/** Rows a run has read, with its own writes among them. */
export class ReadRows {
  /** By name and version of the group. */
  readonly #kept = new Map<string, Kept[]>()

  keyOf(group: AnyFeatureGroup, row: AnyRow): string {
    return JSON.stringify(group.primaryKey.map((name) => row[name]))
  }

  keep(group: AnyFeatureGroup, asked: Asked, rows: readonly AnyRow[]): void {
    const kept = { asked, rows: new Map(rows.map((row) => [this.keyOf(group, row), row])) }
    this.#kept.set(label(group), [...this.#of(group), kept])
  }

  /** In the order of the primary key; `undefined` where what was read does not hold them all. */
  find<C extends Columns>(group: FeatureGroupDefinition<C>, asked: Asked): RowOf<C>[] | undefined {
    const kept = this.#of(group).find((one) => covers(one.asked, asked))
    if (kept === undefined) return undefined
    const rows = [...kept.rows.values()].filter((row) => fits(group, row, asked))
    // They were read as rows of this very group.
    return rows.toSorted((a, b) => inKeyOrder(group, a, b)) as RowOf<C>[]
  }

  /** What was written shows in what was read. */
  put(group: AnyFeatureGroup, written: readonly AnyRow[]): void {
    for (const { asked, rows } of this.#of(group)) {
      for (const row of written) {
        const key = this.keyOf(group, row)
        if (fits(group, row, asked)) rows.set(key, row)
        else rows.delete(key)
      }
    }
  }

  #of(group: AnyFeatureGroup): readonly Kept[] {
    return this.#kept.get(label(group)) ?? []
  }
}

function label({ name, version }: AnyFeatureGroup): string {
  return `${name} ${String(version)}`
}

/** Whether an answer to `wide` holds all rows of `narrow`. */
function covers(wide: Asked, narrow: Asked): boolean {
  const { from = -Infinity, to = Infinity } = narrow
  return (
    Object.entries(wide.keys ?? {}).every(([name, value]) => narrow.keys?.[name] === value) &&
    (wide.from ?? -Infinity) <= from &&
    (wide.to ?? Infinity) >= to
  )
}

function fits(group: AnyFeatureGroup, row: AnyRow, { keys = {}, from, to }: Asked): boolean {
  const event = Number(row[group.eventTime])
  return (
    Object.entries(keys).every(([name, value]) => row[name] === value) &&
    event >= (from ?? -Infinity) &&
    event <= (to ?? Infinity)
  )
}

function inKeyOrder({ primaryKey }: AnyFeatureGroup, a: AnyRow, b: AnyRow): number {
  for (const name of primaryKey) {
    const [one, other] = [a[name], b[name]]
    if (one === other) continue
    if (typeof one === 'number' && typeof other === 'number') return one - other
    return String(one) < String(other) ? -1 : 1
  }
  return 0
}
