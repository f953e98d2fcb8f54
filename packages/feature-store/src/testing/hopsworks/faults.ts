import type { Fault, FaultEffect } from './types.ts'

interface Waiting {
  readonly fault: Fault
  pass: number
  left: number
}

export interface FaultLine {
  add(fault: Fault): void
  readonly clear: () => void
  /** What happens to this request, or undefined. */
  take(method: string, path: string): FaultEffect | undefined
}

/** Faults in the order they were added; one that has happened as often as it should is gone. */
export function createFaultLine(): FaultLine {
  const waiting: Waiting[] = []
  return {
    add(fault) {
      waiting.push({ fault, pass: fault.after ?? 0, left: fault.times ?? 1 })
    },
    clear() {
      waiting.length = 0
    },
    take(method, path) {
      for (const entry of waiting) {
        const [onMethod, part] = entry.fault.on
        if (entry.left === 0 || onMethod !== method || !path.includes(part)) continue
        if (entry.pass > 0) {
          entry.pass -= 1
          continue
        }
        entry.left -= 1
        return entry.fault.effect
      }
      return undefined
    },
  }
}
