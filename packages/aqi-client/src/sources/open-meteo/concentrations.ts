import { localHourAt } from '../../days/local-hour.ts'
import { POLLUTANTS, type Pollutant } from '../../types.ts'
import type { HourlyTable } from './hourly-table.ts'
import type { ConcentrationHour } from './types.ts'
import { POLLUTANT_VARIABLES } from './variables.ts'

/** The concentrations of the table's hour at `index`, in µg/m³. `knownAt` in epoch ms. */
export function concentrationsAt(
  table: HourlyTable,
  index: number,
  { timeZone, knownAt }: { timeZone: string; knownAt: number },
): ConcentrationHour {
  const observedAt = table.instants[index] ?? Number.NaN
  const concentrations: Partial<Record<Pollutant, number>> = {}
  for (const pollutant of POLLUTANTS) {
    const value = valueAt(table, index, pollutant)
    if (value !== null) concentrations[pollutant] = value
  }
  const hour = localHourAt(observedAt, timeZone)
  return { hour, observedAt, concentrations, unit: 'ugm3', evidence: 'model', knownAt }
}

/** How many values of the table are below zero: interpolation leaves some, air cannot. They are left out. */
export function countNegative(table: HourlyTable): number {
  return Object.values(POLLUTANT_VARIABLES)
    .flatMap((variable) => table.columns.get(variable) ?? [])
    .filter((value) => value !== null && value < 0).length
}

function valueAt(table: HourlyTable, index: number, pollutant: Pollutant): number | null {
  const value = table.columns.get(POLLUTANT_VARIABLES[pollutant])?.[index] ?? null
  return value === null || value < 0 ? null : value
}
