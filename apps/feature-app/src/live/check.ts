import {
  describeError,
  PipelineError,
  type RunContext,
  type StageResult,
  type StationConfig,
} from '@airq/pipeline'
import type { Pullers } from './pullers.ts'
import { pullWeather } from './weather.ts'

interface Check {
  readonly name: string
  readonly ok: boolean
  readonly message: string
}

/** Asks each source once and writes nothing: credentials, connections, identity, weather. */
export async function checkStations(
  context: RunContext,
  stations: readonly StationConfig[],
  pullers: Pullers,
): Promise<StageResult> {
  const checks: Check[] = []
  const attempt = async (name: string, run: () => Promise<string>) => {
    try {
      checks.push({ name, ok: true, message: await run() })
    } catch (error) {
      context.signal.throwIfAborted()
      const { report } = describeError(error)
      checks.push({ name, ok: false, message: [report.message, report.hint].filter(Boolean).join(' ') })
    }
  }
  const now = context.clock.now()
  for (const station of stations) {
    await attempt(`${station.id} ${station.source.kind}`, async () => {
      const pull = await pullers[station.source.kind]({
        station,
        newestStored: now,
        now,
        signal: context.signal,
        warn: context.warn,
      })
      for await (const batch of pull.readings) if (batch.length > 0) break
      return `answers as ${pull.name ?? pull.sourceId}${pull.stale ? ', but its newest observation is old' : ''}`
    })
    await attempt(`${station.id} weather`, async () => {
      const weather = await pullWeather(context, station)
      return weather === null ? 'none is configured' : `${String(weather.rows.length)} parts of days`
    })
  }
  const text = checks.map(({ name, ok, message }) => `${ok ? 'ok  ' : 'BAD '} ${name}: ${message}`).join('\n')
  const bad = checks.filter(({ ok }) => !ok)
  if (bad.length === 0) return { summary: { checks, stations: [], written: 0, unchanged: 0 }, text }
  throw new PipelineError(
    'check-failed',
    `${String(bad.length)} of ${String(checks.length)} checks failed\n${text}`,
    {
      details: { checks },
    },
  )
}
