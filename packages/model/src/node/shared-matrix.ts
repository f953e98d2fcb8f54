import type { SeriesPool, TrainingMatrix } from '../matrix.ts'

/** The same matrix, without its pool, in memory that all threads see: sent to them without a copy. */
function sharedMatrix(matrix: TrainingMatrix): TrainingMatrix {
  const doubles = (source: Float64Array) => {
    const shared = new Float64Array(new SharedArrayBuffer(source.byteLength))
    shared.set(source)
    return shared
  }
  const targetDays = new Int32Array(new SharedArrayBuffer(matrix.targetDays.byteLength))
  targetDays.set(matrix.targetDays)
  return {
    columns: [...matrix.columns],
    roles: { ...matrix.roles },
    values: doubles(matrix.values),
    outcomes: doubles(matrix.outcomes),
    targetDays,
    decidedAt: doubles(matrix.decidedAt),
    outcomeKnownAt: doubles(matrix.outcomeKnownAt),
  }
}

/** A matrix as it is sent: under its number, with the number of its pool. */
export interface SharedMatrix {
  readonly key: number
  readonly data: TrainingMatrix
  readonly pool: SharedPool | null
}

interface SharedPool {
  readonly key: number
  readonly series: readonly TrainingMatrix[]
  readonly knownAt: number
}

/** What is shared with the threads, each matrix and each pool once. */
export class SharedMatrices {
  readonly #matrices = new WeakMap<TrainingMatrix, SharedMatrix>()
  readonly #pools = new WeakMap<SeriesPool['series'], Pick<SharedPool, 'key' | 'series'>>()
  #keys = 0

  share(matrix: TrainingMatrix): SharedMatrix {
    const known = this.#matrices.get(matrix)
    if (known !== undefined) return known
    const { pool } = matrix
    const made = {
      key: this.#nextKey(),
      data: sharedMatrix(matrix),
      pool: pool === undefined ? null : { ...this.#sharePool(pool.series), knownAt: pool.knownAt },
    }
    this.#matrices.set(matrix, made)
    return made
  }

  /** The number it had, `undefined` where it was not shared. */
  forget(matrix: TrainingMatrix): number | undefined {
    const known = this.#matrices.get(matrix)
    this.#matrices.delete(matrix)
    return known?.key
  }

  #sharePool(series: SeriesPool['series']): Pick<SharedPool, 'key' | 'series'> {
    const known = this.#pools.get(series)
    if (known !== undefined) return known
    const made = { key: this.#nextKey(), series: series.map(sharedMatrix) }
    this.#pools.set(series, made)
    return made
  }

  #nextKey(): number {
    this.#keys += 1
    return this.#keys
  }
}
