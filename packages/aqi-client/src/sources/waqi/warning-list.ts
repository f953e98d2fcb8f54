import type { Warning } from '../../types.ts'

const SHOWN = 5

/** Collects what the reader should know: one warning a code, with the first few details and the number of the rest. */
export interface WarningList {
  add(code: string, detail: string): void
  toArray(): Warning[]
}

export function createWarningList(): WarningList {
  const details = new Map<string, string[]>()
  return {
    add(code, detail) {
      const known = details.get(code)
      if (known === undefined) details.set(code, [detail])
      else known.push(detail)
    },
    toArray() {
      return [...details].map(([code, all]) => {
        const more = all.length > SHOWN ? [`and ${String(all.length - SHOWN)} more`] : []
        return { code, message: [...all.slice(0, SHOWN), ...more].join('; ') }
      })
    },
  }
}
