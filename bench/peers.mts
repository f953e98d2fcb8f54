import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'

/** relMae that others reached on a file's last 365 test days. */
export interface PeerScores {
  /** L1 histogram gradient boosting with a log target, the best single method of the comparison. */
  readonly bestSingle: number
  /** The better of two blends of three or four methods. */
  readonly bestBlend: number
}
export type Peers = ReadonlyMap<string, PeerScores>

const SINGLE = 'hist gradient boosting, L1, log'

/** Figures per city and method, columns `city`, `method`, `mase` (which is relMae); `null` where there is no file. */
export function readPeers(file: string): Peers | null {
  if (!existsSync(file)) return null
  const rows: Record<string, string>[] = parse(readFileSync(file, 'utf8'), { columns: true })
  const cities = new Set(rows.map(({ city = '' }) => city))
  return new Map(
    Array.from(cities, (city) => {
      const of = rows.filter((row) => row['city'] === city)
      const relMae = (wanted: (method: string) => boolean) =>
        Math.min(...of.filter(({ method = '' }) => wanted(method)).map(({ mase }) => Number(mase)))
      return [
        city,
        {
          bestSingle: relMae((method) => method === SINGLE),
          bestBlend: relMae((method) => method.startsWith('blend')),
        },
      ]
    }),
  )
}

export function meanRelMaeOf(peers: Peers, which: keyof PeerScores): number {
  const all = Array.from(peers.values(), (scores) => scores[which])
  return all.reduce((sum, value) => sum + value, 0) / all.length
}
