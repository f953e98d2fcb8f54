/** Something to go wrong with a request that a fake is sent. */
export interface Fault<Effect> {
  /** Method and a part of the path: `['POST', 'runs/create']`. Default: any request. */
  readonly on?: readonly [method: string, path: string]
  readonly effect: Effect
  /** Default 1. */
  readonly times?: number
  /** Requests that pass before. Default 0. */
  readonly after?: number
}

export interface FaultLine<Effect> {
  add(fault: Fault<Effect>): void
  readonly clear: () => void
  /** What happens to this request, or undefined. */
  take(method: string, path: string): Effect | undefined
}

/** Faults in the order they were added; one that has happened as often as it should is gone. */
export function createFaultLine<Effect>(): FaultLine<Effect> {
  const waiting: { readonly fault: Fault<Effect>; pass: number; left: number }[] = []
  return {
    add(fault) {
      waiting.push({ fault, pass: fault.after ?? 0, left: fault.times ?? 1 })
    },
    clear() {
      waiting.length = 0
    },
    take(method, path) {
      for (const entry of waiting) {
        const [onMethod, part] = entry.fault.on ?? [method, '']
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
