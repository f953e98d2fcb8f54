import type { Evidence } from '../../types.ts'
import { toNumber } from './numbers.ts'
import type { Where } from './types.ts'

export interface StationIdentity {
  /** `1451`, or `A372382` for a citizen's sensor. */
  readonly stationId: string
  readonly evidence: Exclude<Evidence, 'model'>
  /** False when it is another station than the one asked for by number. */
  readonly isRequested: boolean
}

/** A station number as it comes: an integer, also as text, negative for a citizen's sensor. `null` for anything else. */
export function toStationNumber(value: unknown): number | null {
  const number = toNumber(value)
  return number !== null && Number.isSafeInteger(number) && number !== 0 ? number : null
}

/** Who answered. A sensor may be asked for by its positive number and answer with the negative one. */
export function identify(idx: number, requested: Where | undefined): StationIdentity {
  const number = Math.abs(idx)
  const asked = askedNumber(requested)
  const isSensor = idx < 0 || (requested !== undefined && 'sensorId' in requested && asked === number)
  return {
    stationId: isSensor ? `A${String(number)}` : String(number),
    evidence: isSensor ? 'sensor' : 'station',
    isRequested: asked === undefined || asked === number,
  }
}

function askedNumber(requested: Where | undefined): number | undefined {
  if (requested === undefined) return undefined
  if ('uid' in requested) return requested.uid
  return 'sensorId' in requested ? requested.sensorId : undefined
}
