import { InvalidArgumentError } from 'commander'

/** Part `index` of `count` of the stations; both count from 1. */
export interface Shard {
  readonly index: number
  readonly count: number
}

/** `2/4`; `null` for what is no such part. */
export function shardOf(text: string): Shard | null {
  const [, index, count] = /^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? []
  const shard = { index: Number(index), count: Number(count) }
  return shard.index >= 1 && shard.index <= shard.count ? shard : null
}

export function checkedShard(text: string): string {
  if (shardOf(text) !== null) return text
  throw new InvalidArgumentError('It is i/n with i from 1 to n, e.g. 2/4 for the second of four parts.')
}
