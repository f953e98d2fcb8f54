import { AqiError } from '../../errors.ts'
import type { Warning } from '../../types.ts'
import type { LagProof } from './pm25-lag.ts'
import type { BlockMarks } from './types.ts'

/** `west`: downloaded on a computer at or west of UTC. `east`: east of it. */
export type DownloadZone = 'west' | 'east'
export type AlignmentMethod = 'block-marks' | 'download-zone' | 'presumed' | 'already-aligned'

/** Days to add to the labels, and why. */
export interface Shifts {
  readonly pm25: number
  readonly others: number
  readonly method: AlignmentMethod
  readonly confidence: 'high' | 'presumed'
  readonly warnings: readonly Warning[]
}

export interface ShiftOptions {
  readonly downloadZone: DownloadZone | 'auto'
  readonly presume: boolean
  /** The columns of the file include pm25, so that its lag matters. */
  readonly hasPm25: boolean
  readonly pm25LabelShiftDays: -1 | 0 | undefined
}

const MIN_MARKS = 2
const CLEAR_SHARE = 0.9

/** Where the block starts say the file was downloaded; `mixed` e.g. in a zone whose summer time crosses UTC. */
function zoneOfMarks(marks: BlockMarks): DownloadZone | 'mixed' | 'none' {
  const east = marks.startsOnDay1 + marks.january.startsOnDay1
  const west = marks.startsOnDay2 + marks.january.startsOnDay2
  if (east + west < MIN_MARKS) return 'none'
  if (west >= CLEAR_SHARE * (east + west)) return 'west'
  return east >= CLEAR_SHARE * (east + west) ? 'east' : 'mixed'
}

/**
 * The shift of each column to its true day. Throws `AqiError` `download-zone-unknown` when nothing tells the zone
 * and `presume` is false.
 */
export function decideShifts(marks: BlockMarks, proof: LagProof, options: ShiftOptions): Shifts {
  const isAligned =
    options.hasPm25 && (options.pm25LabelShiftDays ?? (proof.proven && proof.lag === 0 ? 0 : -1)) === 0
  if (isAligned) {
    return {
      pm25: 0,
      others: 0,
      method: 'already-aligned',
      confidence: 'presumed',
      warnings: [
        {
          code: 'already-aligned',
          message:
            'pm25 and the other columns share their days already, so the labels are taken as true days',
        },
      ],
    }
  }

  const isLagKnown =
    !options.hasPm25 || options.pm25LabelShiftDays !== undefined || (proof.proven && proof.lag === 1)
  const lagWarnings = isLagKnown
    ? []
    : [
        {
          code: 'alignment-presumed',
          message: `pm25 is presumed to be labelled one day late, as in every known download: ${doubtOf(proof)}`,
        },
      ]
  const { zone, method, warnings } = decideZone(zoneOfMarks(marks), options)
  return {
    ...(zone === 'west' ? { pm25: -1, others: 0 } : { pm25: 0, others: 1 }),
    method,
    confidence: isLagKnown && method !== 'presumed' ? 'high' : 'presumed',
    warnings: [...lagWarnings, ...warnings],
  }
}

interface ZoneDecision {
  readonly zone: DownloadZone
  readonly method: AlignmentMethod
  readonly warnings: readonly Warning[]
}

function decideZone(marked: ReturnType<typeof zoneOfMarks>, options: ShiftOptions): ZoneDecision {
  const { downloadZone, presume } = options
  if (downloadZone !== 'auto') {
    const contradicted = (marked === 'west' || marked === 'east') && marked !== downloadZone
    const message = `the order of the rows says ${marked}, not ${downloadZone}; if it is right, every day is off by one`
    const warnings = contradicted ? [{ code: 'download-zone-contradicted', message }] : []
    return { zone: downloadZone, method: 'download-zone', warnings }
  }
  if (marked === 'west' || marked === 'east') return { zone: marked, method: 'block-marks', warnings: [] }

  const reason =
    marked === 'mixed'
      ? 'its blocks of rows begin partly on the first, partly on the second day of a quarter'
      : 'its rows are not in the order of a download'
  if (!presume) {
    throw new AqiError('download-zone-unknown', `the file does not tell where it was downloaded: ${reason}`, {
      fault: 'input',
      hint: 'Say --download-zone west (downloaded at or west of UTC, as in America) or east (Europe, Asia).',
    })
  }
  const message = `the file is presumed to be downloaded west of UTC: ${reason}`
  return { zone: 'west', method: 'presumed', warnings: [{ code: 'download-zone-presumed', message }] }
}

function doubtOf(proof: LagProof): string {
  if (proof.correlations.length === 0)
    return 'there are too few days with pm25 and pm10, co or no2 to prove it'
  return proof.lag === null
    ? 'the correlation has no clear peak at any lag'
    : `the correlation peaks at a lag of ${String(proof.lag)} days`
}
