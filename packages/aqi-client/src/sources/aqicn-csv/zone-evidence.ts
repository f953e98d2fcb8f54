import { dayNumber } from '../../days/local-day.ts'
import { clockOfZone, FIXED_CLOCKS, sideOfLabel, type DownloadClock } from './download-clock.ts'
import type { BlockStart, ParsedHistory } from './types.ts'

/** The clock that a file was downloaded by, or why it cannot be told. */
export type ZoneVerdict =
  { readonly clock: DownloadClock } | { readonly clock: null; readonly reason: string }

/** Zones on either side of UTC since 2008. Every other zone is always on one side, or labels as one of these. */
export const CROSSING_ZONES = [
  'Europe/London',
  'Africa/Casablanca',
  'Africa/Sao_Tome',
  'Pacific/Apia',
] as const

const MIN_MARKS = 2
const CLEAR_SHARE = 0.9

interface Candidate {
  readonly clock: DownloadClock
  /** Block starts that contradict it. Real files have a stray one here and there. */
  readonly against: number
  readonly isFixed: boolean
}

/**
 * Reads off the order of the rows by which clock a file was downloaded: block starts must agree with it (90 % of at
 * least two), and no row may stand on a label that this clock never makes. A clock that labels the file differently
 * and fits as well makes it unknown; a clock that crosses UTC must fit better by two starts than one that does not.
 */
export function zoneOfRows(parsed: ParsedHistory): ZoneVerdict {
  const { starts } = parsed.marks
  const total = starts.reduce((sum, start) => sum + start.startsOnDay1 + start.startsOnDay2, 0)
  if (total < MIN_MARKS) return { clock: null, reason: 'its rows are not in the order of a download' }

  const labels = labelsWithValues(parsed)
  const fixed = Object.values(FIXED_CLOCKS).map((clock) => candidate(clock, starts, true))
  const crossing = CROSSING_ZONES.map((zone) => candidate(clockOfZone(zone), starts, false))
  const isClear = ({ against }: Candidate) => total - against >= CLEAR_SHARE * total
  const fitting = [...fixed, ...crossing]
    .filter((each) => isClear(each) && !labels.some((label) => sideOfLabel(label, each.clock) === 'unused'))
    .toSorted((a, b) => a.against - b.against)
  const best = fitting[0]
  if (best === undefined) {
    return {
      clock: null,
      reason: 'its blocks of rows begin partly on the first, partly on the second day of a quarter',
    }
  }
  const rival = [...new Set([...fitting, ...fixed])].find(
    (each) =>
      each.against - best.against < marginOver(each, best) && labelsDiffer(each.clock, best.clock, labels),
  )
  if (rival === undefined) return { clock: best.clock }
  return {
    clock: null,
    reason: `its rows fit a download ${placeOf(best.clock)} and one ${placeOf(rival.clock)}`,
  }
}

/** Day numbers of the labels that have a value. */
export function labelsWithValues({ rows }: ParsedHistory): number[] {
  return rows.flatMap(({ label, values }) => (Object.keys(values).length > 0 ? [dayNumber(label)] : []))
}

/** Whether the two clocks read one of these labels differently. */
export function labelsDiffer(a: DownloadClock, b: DownloadClock, labels: readonly number[]): boolean {
  return a.name !== b.name && labels.some((label) => sideOfLabel(label, a) !== sideOfLabel(label, b))
}

/** For people: `west of UTC`, `as in Europe/London`. */
export function placeOf({ name }: DownloadClock): string {
  return name === 'west' || name === 'east' ? `${name} of UTC` : `as in ${name}`
}

function candidate(clock: DownloadClock, starts: readonly BlockStart[], isFixed: boolean): Candidate {
  let against = 0
  for (const { first, startsOnDay1, startsOnDay2 } of starts) {
    // A block begins with the second date of its quarter.
    against += clock.sideAt(dayNumber(first) + 1) === 'west' ? startsOnDay1 : startsOnDay2
  }
  return { clock, against, isFixed }
}

function marginOver(rival: Candidate, best: Candidate): number {
  return rival.isFixed && !best.isFixed ? 2 : 1
}
