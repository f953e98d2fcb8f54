import {
  aqiForecasts,
  type AqiForecastRow,
  aqiImports,
  aqiQuarantine,
  aqiStations,
  readDays,
  readRows,
  ruleAt,
} from '@airq/feature-groups'
import type { FeatureStore } from '@airq/feature-store'
import type { RunContext, StationConfig } from '@airq/pipeline'
import type { ForecastReasons, StationFacts } from '@airq/report'
import type { Models } from './report-models.ts'

interface Parts {
  readonly store: FeatureStore
  readonly models: Models
  readonly station: StationConfig
}

/** All that is told of a station. */
export async function stationFacts(
  context: RunContext,
  { store, models, station }: Parts,
): Promise<StationFacts> {
  const { signal, config } = context
  const keys = { station: station.id }
  const rules = config.forecast.decisions.map((decision) => ruleAt(decision, config.forecast.hours))
  const days = await readDays(store, station.id, { signal })
  const ledger = await readRows(store.read(aqiForecasts, { keys }, { signal }))
  const identity = await readRows(store.read(aqiStations, { keys }, { signal }))
  const newest = newestOf(ledger.filter((row) => row.issued_at <= context.clock.now()))
  const reasons: ForecastReasons[] = []
  for (const row of newest) {
    const found = await models.reasons({ store, station, days, row })
    if (found !== null) reasons.push(found)
  }
  return {
    id: station.id,
    name: station.name,
    timeZone: station.timeZone,
    scale: station.scale,
    rules,
    days,
    ledger,
    quarantine: await readRows(
      store.read(aqiQuarantine, { keys, columns: ['reason', 'released'] }, { signal }),
    ),
    imports: await readRows(store.read(aqiImports, { keys }, { signal })),
    attributions: identity[0]?.attributions ?? null,
    models: await models.serving(station, rules),
    reasons,
  }
}

/** The newest revision for the last target day of each decision: one of them is what the page begins with. */
function newestOf(ledger: readonly AqiForecastRow[]): AqiForecastRow[] {
  const byDecision = new Map<string, AqiForecastRow>()
  for (const row of ledger) {
    const held = byDecision.get(row.decision)
    const isNewer =
      held === undefined ||
      row.day > held.day ||
      (row.day === held.day && (row.issue_slot > held.issue_slot || row.revision > held.revision))
    if (isNewer) byDecision.set(row.decision, row)
  }
  return [...byDecision.values()]
}
