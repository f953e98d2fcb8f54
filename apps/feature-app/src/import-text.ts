import { mark } from '@airq/pipeline'
import type { StationHistory } from './batch-feature.ts'

/** What a person reads about one imported history. */
export function describeImport({ station, origin, history: { report } }: StationHistory): string {
  const simulated = station.source.kind === 'simulator'
  const span = `${report.firstDay ?? ''} … ${report.lastDay ?? ''}`
  const days = Object.entries(report.columns).map(([column, shift]) => `${column} ${signed(shift)}`)
  const lines = [
    `${station.name} (${station.id}), ${station.timeZone}, scale ${station.scale}, from ${origin}`,
    `  ${String(report.final)} days, ${span}, ${String(report.missing)} missing`,
    `  days added to the labels: ${days.join(', ')} (${report.method}, ${report.confidence})`,
  ]
  return mark(lines.join('\n'), simulated)
}

function signed(days: number): string {
  return days > 0 ? `+${String(days)}` : String(days)
}
