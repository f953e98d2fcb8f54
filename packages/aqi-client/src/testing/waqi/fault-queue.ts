import { WAQI_FAULTS } from './named-faults.ts'
import type { FaultQueue, WaqiFault } from './types.ts'

export interface OpenFaultQueue extends FaultQueue {
  /** The fault of the request at hand; none where nothing waits. */
  take(): WaqiFault | undefined
}

export function createFaultQueue(): OpenFaultQueue {
  const waiting: WaqiFault[] = []
  return {
    next(fault, times = 1) {
      const meant = typeof fault === 'string' ? faultNamed(fault) : fault
      for (let time = 0; time < times; time++) waiting.push(meant)
    },
    clear() {
      waiting.length = 0
    },
    take: () => waiting.shift(),
  }
}

/** A fault by its name, or by the number it begins with where only one does. */
export function faultNamed(name: string): WaqiFault {
  const exact = Object.hasOwn(WAQI_FAULTS, name) ? WAQI_FAULTS[name] : undefined
  const numbered = Object.entries(WAQI_FAULTS).filter(([known]) => known.startsWith(`${name} `))
  const only = numbered.length === 1 ? numbered[0]?.[1] : undefined
  const found = exact ?? only
  if (found === undefined) throw new RangeError(`there is no fault ${JSON.stringify(name)}`)
  return found
}
