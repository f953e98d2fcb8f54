import { mark } from '@airq/pipeline'
import type { PulledStation } from '../feature.ts'

/** What a person reads about a run of the feature pipeline. */
export function describePulls(pulled: readonly PulledStation[]): string {
  return pulled.map(describe).join('\n')
}

function describe({ station, summary }: PulledStation): string {
  const { finalised, heldBack, history } = summary
  const lines = [`${station.name} (${station.id}): ${newest(summary)}`]
  const last = finalised.at(-1)
  if (last !== undefined) {
    lines.push(
      `  days made: ${String(finalised.length)}, the last ${last.day}: ${last.status}, AQI ${String(last.aqi ?? 'none')}`,
    )
  }
  if (heldBack > 0) lines.push(`  held back: ${String(heldBack)} (--quarantine list)`)
  const model =
    history.firstModelOn === null ? 'enough for a model' : `a first model can come on ${history.firstModelOn}`
  lines.push(`  ${String(history.finalDays)} final days: ${model}`)
  return mark(lines.join('\n'), summary.simulated)
}

function newest({ error, reading, heldBack }: PulledStation['summary']): string {
  if (error !== undefined) return `FAILED: ${error.message}`
  if (reading === null) return heldBack > 0 ? 'the reading was held back' : 'no new reading'
  return `${reading.hour} AQI ${String(reading.aqi ?? 'none')}${reading.new ? '' : ', there already'}`
}
