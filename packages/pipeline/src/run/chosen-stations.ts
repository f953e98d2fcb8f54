import type { StageOptions } from '../command/options.ts'
import type { StationConfig } from '../config/schema.ts'
import { nearest } from '../config/suggestions.ts'
import { UserError } from '../errors.ts'

/** So many ids are named in a hint. */
const NAMED = 12

/**
 * The stations of `--station` and `--shard`, in the order of the configuration. Parts take stations in turn, so that
 * they are equally large, have none in common, together are all, and don't change when stations are added at the end.
 * A part may be empty.
 * @throws UserError `unknown-station`
 */
export function chosenStations(
  stations: readonly StationConfig[],
  { station: ids, shard }: Pick<StageOptions, 'station' | 'shard'>,
): StationConfig[] {
  const known = stations.map(({ id }) => id)
  const unknown = ids.filter((id) => !known.includes(id))
  if (unknown.length > 0) throw unknownStation(unknown, known)
  const wanted = stations.filter(({ id }) => ids.length === 0 || ids.includes(id))
  if (shard === undefined) return wanted
  return wanted.filter((_, position) => position % shard.count === shard.index - 1)
}

function unknownStation(unknown: readonly string[], known: readonly string[]): UserError {
  const meant = unknown.map((id) => nearest(id, known)).filter((id) => id !== null)
  const more = known.length > NAMED ? ` and ${String(known.length - NAMED)} more` : ''
  const all = `Known are ${known.slice(0, NAMED).join(', ')}${more}.`
  return new UserError(
    'unknown-station',
    `--station ${unknown.join(' ')} names no station of the configuration`,
    { hint: meant.length === 0 ? all : `Did you mean ${meant.join(' ')}? ${all}` },
  )
}
