import { toConcentration } from '../../aqi/sub-index.ts'
import { dayOfHour } from '../../days/local-hour.ts'
import type { LocalDay } from '../../types.ts'
import type { WorldOptions } from './simulated-days.ts'
import { simulatedHours } from './simulated-hours.ts'

export interface ConcentrationExportOptions {
  readonly pollutant: 'pm25' | 'pm10'
  /** As the file's first line names the sensor. Default `Somewhere`. */
  readonly name?: string
}

/**
 * The other file that aqicn.org calls historical data, of one pollutant of a citizen's sensor: three lines of
 * comment, then for each day the spread of the concentrations in µg/m³. It is no history of sub-indices.
 */
export function exportConcentrationCsv(world: WorldOptions, options: ConcentrationExportOptions): string {
  const { pollutant, name = 'Somewhere' } = options
  const byDay = new Map<LocalDay, number[]>()
  for (const { hour, sub, scale } of simulatedHours(world)) {
    const value = sub[pollutant]
    if (value === undefined) continue
    const concentration = toConcentration({ value, pollutant, averaging: '24h', scale })
    if (concentration === null) continue
    const day = dayOfHour(hour)
    byDay.set(day, [...(byDay.get(day) ?? []), concentration.value])
  }
  const rows = [...byDay].map(([day, values]) => `${day}T00:00:00.000Z,${spread(values).join(',')}`)
  const comments = [
    `# Sensor ${name} (simulated)`,
    '# https://aqicn.org/station/@58666/',
    `# Daily ${pollutant}`,
  ]
  return [...comments, 'date,min,max,median,q1,q3,stdev,count', ...rows].join('\n')
}

/** min, max, median, first and third quartile, standard deviation, count. */
function spread(values: readonly number[]): number[] {
  const sorted = values.toSorted((a, b) => a - b)
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length
  const deviation = Math.sqrt(sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / sorted.length)
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN
  const parts = [at(0), at(1), at(0.5), at(0.25), at(0.75), deviation]
  return [...parts.map((value) => Number(value.toFixed(3))), sorted.length]
}
