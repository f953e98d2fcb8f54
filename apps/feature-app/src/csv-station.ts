import { basename } from 'node:path'
import { type Config, type StationConfig, UserError } from '@airq/pipeline'

/** Words a file name may be made of without naming a place. */
const PLAIN_WORDS = new Set(
  'a air airq aqi aqicn copy csv daily data day days download east export file hist historical history in input latest new old quality raw sample station test the tmp west'.split(
    ' ',
  ),
)

/**
 * The station of the configuration that a file belongs to: the one named by `--as`, else the one that the
 * file's name (`beijing-air-quality.csv`, `Beijing (2).csv`) or title line names. A name that names no place
 * (`download.csv`) goes to the only station there is.
 * @throws UserError `unknown-station`, `other-station`
 */
export function stationOf(
  config: Config,
  file: string,
  as: string | undefined,
  title?: string,
): StationConfig {
  const known = config.stations.map((station) => station.id).join(', ')
  if (as !== undefined) {
    const station = config.stations.find(({ id }) => id === as)
    if (station !== undefined) return station
    throw new UserError('unknown-station', `--as ${as} names no station of the configuration`, {
      hint: `Known are ${known}.`,
    })
  }
  const names = [basename(file).replace(/\.[^.]*$/, ''), title ?? ''].map(wordsOf)
  const named = config.stations.find((station) =>
    names.some((words) => contains(words, wordsOf(station.id)) || contains(words, wordsOf(station.name))),
  )
  if (named !== undefined) return named
  const [only, ...others] = config.stations
  const place = names
    .flat()
    .filter((word) => !PLAIN_WORDS.has(word) && !/^\d*$/.test(word) && word.length > 1)
  if (only !== undefined && others.length === 0 && place.length === 0) return only
  throw new UserError('other-station', `${file} does not name a station of the configuration (${known})`, {
    where: file,
    hint: `If it is the history of one of them, add --as ${only?.id ?? 'STATION'}; else add its station to the configuration.`,
  })
}

function wordsOf(name: string): string[] {
  return name
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
}

/** Whether `part` stands in `words` as consecutive words. */
function contains(words: readonly string[], part: readonly string[]): boolean {
  return (
    part.length > 0 && words.some((_, start) => part.every((word, offset) => words[start + offset] === word))
  )
}
