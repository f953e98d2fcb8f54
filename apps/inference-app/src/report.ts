import { aqiAlerts, aqiForecasts, readRows } from '@airq/feature-groups'
import { type Feed, report, type Report } from '@airq/report'
import {
  eachStation,
  mark,
  type RunContext,
  type StageResult,
  UserError,
  withoutLeases,
} from '@airq/pipeline'
import manifest from '../package.json' with { type: 'json' }
import { alertHints } from './alert-hints.ts'
import { openModels } from './report-models.ts'
import { stationFacts } from './report-facts.ts'
import { writeReport } from './report-files.ts'
import { type KeptFeed, readFeeds, verified } from './report-verify.ts'

export interface ReportOptions {
  readonly out: string | undefined
  /** Feeds of earlier days that somebody kept. */
  readonly verify: readonly string[]
}

/** The page and the feed of all stations as files, made of what store and registry hold; both are only read. */
export async function reportStage(context: RunContext, options: ReportOptions): Promise<StageResult> {
  if (options.out === undefined) {
    throw new UserError('bad-arguments', 'where the report is to be written is not told', {
      hint: 'Give a folder: --out DIR.',
    })
  }
  const kept = await readFeeds(options.verify)
  const store = await context.openStore({ readOnly: true, ...alertHints(context) })
  const models = await openModels(context)
  const { results: stations, degraded } = await eachStation(
    withoutLeases(context),
    store,
    async (station) => [await stationFacts(context, { store, models, station })],
  )
  const checked = await verified(kept, stations, (station) =>
    readRows(store.read(aqiForecasts, { keys: { station } }, { signal: context.signal })),
  )
  const made = report({
    now: context.clock.now(),
    stations,
    alerts: await readRows(store.read(aqiAlerts, {}, { signal: context.signal })),
    publishObservations: context.config.report.publishObservations,
    airqVersion: manifest.version,
  })
  context.signal.throwIfAborted()
  const removed = await writeReport(options.out, made)
  for (const { id } of made.feed.stations.filter(({ forecast }) => forecast === null)) {
    context.warn(
      'no-forecast',
      `${id}: the ledger has no forecast of today or later. Run inference-pipeline.`,
    )
  }
  return {
    summary: {
      out: options.out,
      files: made.files.length,
      removed,
      bytes: bytesOf(made),
      observationsPublished: made.feed.observationsPublished,
      ledger: made.feed.ledger,
      stations: made.feed.stations.map(summarise),
      verified: checked,
    },
    degraded: degraded || models.isMissing() || made.feed.stations.some(({ forecast }) => forecast === null),
    text: describe(options.out, made, checked),
  }
}

function bytesOf({ files }: Report): number {
  return files.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0)
}

function summarise({ id, simulated, forecast, ledger }: Feed['stations'][number]) {
  return {
    station: id,
    simulated,
    forecast:
      forecast === null
        ? null
        : {
            day: forecast.day,
            decision: forecast.decision,
            aqi: forecast.aqi,
            category: forecast.category,
            fallback: forecast.fallback,
          },
    ledger,
  }
}

function describe(out: string, { files, feed }: Report, checked: readonly KeptFeed[]): string {
  const stations = feed.stations.map(({ name, simulated, forecast }) => {
    const said =
      forecast === null
        ? 'no forecast of today or later'
        : `${forecast.day}, AQI ${String(forecast.aqi)}, ${forecast.category}${forecast.fallback ? ', fallback' : ''}`
    return mark(`${name}: ${said}`, simulated)
  })
  return [...stations, mark(toldOf(out, { files, feed }, checked).join('\n'), false)].join('\n')
}

function toldOf(
  out: string,
  { files, feed }: Pick<Report, 'files' | 'feed'>,
  checked: readonly KeptFeed[],
): string[] {
  return [
    `${String(files.length)} files in ${out}; observed values ${feed.observationsPublished ? 'are published' : 'are not published'}`,
    `ledger: ${String(feed.ledger.rows)} forecasts, head ${feed.ledger.head}`,
    ...checked.map(
      ({ file, rows, generatedAt }) => `verified: ${file}, ${String(rows)} forecasts by ${generatedAt}`,
    ),
  ]
}
