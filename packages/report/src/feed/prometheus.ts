import { CATEGORY_KEYS } from '@airq/aqi-client'
import { plainText } from '../html/html.ts'
import { newestRevisions } from '../ledger/issued.ts'
import type { SiteFacts } from '../page/station-page.ts'
import { newestAlerts } from '../record/alerts.ts'
import type { StationView } from '../station-view.ts'
import { forecastOf } from './feed.ts'

type Labels = Readonly<Record<string, string>>

interface Metric {
  readonly name: string
  readonly help: string
  readonly samples: readonly (readonly [Labels, number])[]
}

/** The newest forecast of each decision in the text format of Prometheus, version 0.0.4. */
export function prometheusText({ views, ledger, now, alerts = [] }: SiteFacts): string {
  const said = views.flatMap((view) => newestOf(view))
  const of = (value: (one: Said) => number) => said.map((one) => [one.labels, value(one)] as const)
  const metrics: Metric[] = [
    {
      name: 'airq_station_info',
      help: 'The stations, 1 each.',
      samples: views.map(({ facts }) => [
        { station: facts.id, name: facts.name, scale: facts.scale, time_zone: facts.timeZone },
        1,
      ]),
    },
    { name: 'airq_forecast_aqi', help: 'Forecast of the daily AQI.', samples: of(({ aqi }) => aqi) },
    { name: 'airq_forecast_lower', help: 'Lower end of the interval.', samples: of(({ lower }) => lower) },
    { name: 'airq_forecast_upper', help: 'Upper end of the interval.', samples: of(({ upper }) => upper) },
    {
      name: 'airq_forecast_probability',
      help: 'Probability of each class.',
      samples: said.flatMap(({ labels, probabilities }) =>
        CATEGORY_KEYS.map((category) => [{ ...labels, category }, probabilities[category]] as const),
      ),
    },
    {
      name: 'airq_forecast_day_start_seconds',
      help: 'Start of the local day that is forecast.',
      samples: of(({ dayStart }) => dayStart / 1000),
    },
    {
      name: 'airq_forecast_issued_seconds',
      help: 'When it was issued.',
      samples: of(({ issued }) => issued / 1000),
    },
    {
      name: 'airq_alert_open',
      help: '1 while the watch has an alert of this cause, 0 once it is over.',
      samples: newestAlerts(alerts).map(({ station, cause, closed_ms: closed }) => [
        { station, cause },
        closed === null ? 1 : 0,
      ]),
    },
    { name: 'airq_ledger_rows', help: 'Forecasts ever issued.', samples: [[{}, ledger.rows]] },
    { name: 'airq_report_made_seconds', help: 'When this file was made.', samples: [[{}, now / 1000]] },
  ]
  return metrics
    .filter(({ samples }) => samples.length > 0)
    .map(textOf)
    .join('')
}

type Said = ReturnType<typeof newestOf>[number]

function newestOf({ series, facts }: StationView) {
  return series.flatMap(({ rows }) => {
    const row = newestRevisions(rows).at(-1)
    if (row === undefined) return []
    const { aqi, lower, upper, probabilities, decision, fallback, simulated } = forecastOf(row, facts.scale)
    const labels = {
      station: facts.id,
      decision,
      hour: row.issue_slot.slice(11),
      fallback: String(fallback),
      simulated: String(simulated),
    }
    return [{ labels, aqi, lower, upper, probabilities, dayStart: row.day_start, issued: row.issued_at }]
  })
}

function textOf({ name, help, samples }: Metric): string {
  const lines = samples.map(([labels, value]) => `${name}${labelText(labels)} ${String(value)}`)
  return [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...lines, ''].join('\n')
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${escaped(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escaped(value: string): string {
  return plainText(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"')
}
