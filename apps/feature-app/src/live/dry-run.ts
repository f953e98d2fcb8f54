import { mark, type RunContext, type StageResult, type StationConfig } from '@airq/pipeline'
import { judgeReading } from './judge-reading.ts'
import type { Pullers } from './pullers.ts'

/** Pulls as a run does and tells what came, without a store: nothing is written. */
export async function pullDry(
  context: RunContext,
  stations: readonly StationConfig[],
  pullers: Pullers,
): Promise<StageResult> {
  const now = context.clock.now()
  const lines: string[] = []
  const dry: unknown[] = []
  for (const station of stations) {
    const pull = await pullers[station.source.kind]({
      station,
      newestStored: null,
      now,
      signal: context.signal,
      warn: context.warn,
    })
    for (const { code, message } of pull.warnings) context.warn(code, `${station.id}: ${message}`)
    // The first batch is enough to see what would come.
    for await (const readings of pull.readings) {
      for (const reading of readings) {
        const verdict = judgeReading(reading, [])
        const fate = verdict === null ? 'would be stored' : `would be held back: ${verdict.detail}`
        lines.push(`${station.id} ${reading.hour} AQI ${String(reading.aqi ?? 'none')}: ${fate}`)
        dry.push({
          station: station.id,
          hour: reading.hour,
          aqi: reading.aqi,
          heldBack: verdict?.reason ?? null,
        })
      }
      break
    }
  }
  const text = lines.length === 0 ? 'nothing came' : mark(lines.join('\n'), false)
  return { summary: { dryRun: dry, stations: [], written: 0, unchanged: 0 }, text }
}
