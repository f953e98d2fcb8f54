export { exportHistoricalCsv, type ExportOptions } from './export-csv.ts'
export { type WorldOptions } from './simulated-days.ts'
export { simulatedHours } from './simulated-hours.ts'
export { simulateWorld, type SimulatedWorld } from './world.ts'
