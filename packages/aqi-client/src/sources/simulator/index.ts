export { exportHistoricalCsv, type ExportOptions } from './export-csv.ts'
export { simulateWorld, type SimulatedWorld, type WorldOptions } from './world.ts'
