import { dayNumber } from '../../days/local-day.ts'
import { AqiError } from '../../errors.ts'
import type { Warning } from '../../types.ts'
import {
  clockOfZone,
  FIXED_CLOCKS,
  sideOfLabel,
  type DownloadClock,
  type DownloadZone,
} from './download-clock.ts'
import type { LagProof } from './pm25-lag.ts'
import type { ParsedHistory } from './types.ts'
import { labelsDiffer, labelsWithValues, placeOf, zoneOfRows } from './zone-evidence.ts'

export type AlignmentMethod = 'block-marks' | 'download-zone' | 'presumed' | 'already-aligned'
/** Where a file was downloaded: a side of UTC, the zone of the computer, or `auto`: read off the order of the rows. */
export type DownloadPlace = DownloadZone | 'auto' | { readonly timeZone: string }

/** Days to add to a label. */
interface LabelShift {
  readonly pm25: number
  readonly others: number
}

/** The shift of each label, and why. */
export interface Shifts {
  /** `shared`: two dates have this label; `unused`: no date has. Labels are day numbers. */
  readonly at: (label: number) => LabelShift | 'shared' | 'unused'
  readonly method: AlignmentMethod
  readonly confidence: 'high' | 'presumed'
  readonly warnings: readonly Warning[]
}

export interface ShiftOptions {
  readonly downloadZone: DownloadPlace
  readonly presume: boolean
  readonly pm25LabelShiftDays: -1 | 0 | undefined
}

const SHIFTS: Readonly<Record<DownloadZone, LabelShift>> = {
  west: { pm25: -1, others: 0 },
  east: { pm25: 0, others: 1 },
}

/**
 * The shift of each label to the true days of its columns. Throws `AqiError` `download-zone-unknown` when nothing
 * tells the zone and `presume` is false, `bad-time-zone` for a zone that is none.
 */
export function decideShifts(parsed: ParsedHistory, proof: LagProof, options: ShiftOptions): Shifts {
  const hasPm25 = parsed.rows.some(({ values }) => values.pm25 !== undefined)
  const provenShift = proof.proven && proof.lag === 0 ? 0 : -1
  if (hasPm25 && (options.pm25LabelShiftDays ?? provenShift) === 0) return ALREADY_ALIGNED

  const isLagKnown = !hasPm25 || options.pm25LabelShiftDays !== undefined || (proof.proven && proof.lag === 1)
  const lagWarnings = isLagKnown
    ? []
    : [
        {
          code: 'alignment-presumed',
          message: `pm25 is presumed to be labelled one day late, as in every known download: ${doubtOf(proof)}`,
        },
      ]
  const { clock, method, warnings } = decideClock(parsed, options)
  return {
    at: (label) => {
      const side = sideOfLabel(label, clock)
      return side === 'west' || side === 'east' ? SHIFTS[side] : side
    },
    method,
    confidence: isLagKnown && method !== 'presumed' ? 'high' : 'presumed',
    warnings: [...lagWarnings, ...warnings],
  }
}

const ALREADY_ALIGNED: Shifts = {
  at: () => ({ pm25: 0, others: 0 }),
  method: 'already-aligned',
  confidence: 'presumed',
  warnings: [
    {
      code: 'already-aligned',
      message: 'pm25 and the other columns share their days already, so the labels are taken as true days',
    },
  ],
}

interface ClockDecision {
  readonly clock: DownloadClock
  readonly method: AlignmentMethod
  readonly warnings: readonly Warning[]
}

function decideClock(parsed: ParsedHistory, { downloadZone, presume }: ShiftOptions): ClockDecision {
  const verdict = zoneOfRows(parsed)
  if (downloadZone !== 'auto') {
    const clock =
      typeof downloadZone === 'string' ? FIXED_CLOCKS[downloadZone] : clockOfZone(downloadZone.timeZone)
    return { clock, method: 'download-zone', warnings: contradictions(parsed, clock, verdict.clock) }
  }
  if (verdict.clock !== null) return { clock: verdict.clock, method: 'block-marks', warnings: [] }

  if (!presume) {
    throw new AqiError(
      'download-zone-unknown',
      `the file does not tell where it was downloaded: ${verdict.reason}`,
      {
        fault: 'input',
        hint: 'Say --download-zone west (downloaded at or west of UTC, as in America) or east (Europe, Asia).',
      },
    )
  }
  const message = `the file is presumed to be downloaded west of UTC: ${verdict.reason}`
  return {
    clock: FIXED_CLOCKS.west,
    method: 'presumed',
    warnings: [{ code: 'download-zone-presumed', message }],
  }
}

/** What in the file speaks against the clock it is said to be downloaded by. */
function contradictions(parsed: ParsedHistory, told: DownloadClock, marked: DownloadClock | null): Warning[] {
  const labels = labelsWithValues(parsed)
  const code = 'download-zone-contradicted'
  const unused = parsed.rows.find(({ label }) => sideOfLabel(dayNumber(label), told) === 'unused')
  if (unused !== undefined) {
    const message = `no download ${placeOf(told)} has the label ${unused.label}; such rows are left out`
    return [{ code, message }]
  }
  if (marked === null || !labelsDiffer(marked, told, labels)) return []
  const message =
    `the order of the rows says ${placeOf(marked)}, not ${placeOf(told)}; ` +
    'if it is right, days are off by one'
  return [{ code, message }]
}

function doubtOf(proof: LagProof): string {
  if (proof.correlations.length === 0)
    return 'there are too few days with pm25 and pm10, co or no2 to prove it'
  return proof.lag === null
    ? 'the correlation has no clear peak at any lag'
    : `the correlation peaks at a lag of ${String(proof.lag)} days`
}
