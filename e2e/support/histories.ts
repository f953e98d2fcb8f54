import { addDays, localDay } from '@airq/aqi-client'
import { exportHistoricalCsv, simulateWorld } from '@airq/aqi-client/simulator'

const TIME_ZONE = 'Asia/Shanghai'
/** The newest full day of the histories made here; the day after it is in progress and never imported. */
export const LAST_DAY = '2024-06-30'
/** 24:00 of the last day. */
export const NOW = '2024-07-01T00:00:00+08:00'

/** A simulated station's history as aqicn.org would offer it. */
export function history(
  downloadZone: 'west' | 'east' | { readonly timeZone: string } = 'west',
  years = 3,
  lastDay = LAST_DAY,
): string {
  const last = localDay(lastDay)
  const world = simulateWorld({
    seed: 11,
    timeZone: TIME_ZONE,
    firstDay: addDays(last, -Math.round(365 * years)),
    lastDay: addDays(last, 1),
  })
  return exportHistoricalCsv(world, { downloadZone })
}

/** The same download with its PM2.5 a day earlier: on the day that the other columns name, as in an edited file. */
export function withoutLag(download: string): string {
  const [header = '', ...lines] = download.split('\n')
  const rows = lines.filter((line) => line !== '').map((line) => line.split(', '))
  const numberOf = (label: string) => Date.parse(`${label.replaceAll('/', '-')} UTC`) / 86_400_000
  const pm25 = new Map(rows.map(([label = '', value = '']) => [numberOf(label), value]))
  const moved = rows.map(([label = '', , ...others]) =>
    [label, pm25.get(numberOf(label) + 1) ?? ' ', ...others].join(', '),
  )
  return [header, ...moved, ''].join('\n')
}
