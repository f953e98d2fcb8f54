import { relative } from 'node:path'

export interface Scores {
  mae: number
  skill: number
}
export interface Forecast {
  station: string
  day: string
  aqi: number
  lower: number
  upper: number
  interval: { coverage: number; method: string }
  category: string
  scale: string
  fallback: boolean
  decision: string
  basedOn: { lastFinalDay: string }
  model: { name: string; version: string } | null
}
export interface DemoSummary {
  forecast: Forecast
  scores: Record<string, Scores>
  test: { n: number; firstDay: string; lastDay: string }
  warnings: { code: string; message: string }[]
  processes: { name: string; wallMs: number; exitCode: number }[]
  simulated: boolean
  live: boolean
  state: string
  /** The first file of the site. */
  page: string
}

export const HELP = `Usage: demo [--csv FILE…] [--as STATION] [--download-zone west|east|auto] [--json]
       demo --live [--json]

Imports a history, trains, publishes a model, forecasts the next day and makes a
page of it, as four processes. Without --csv the history is simulated and the
results say nothing about real skill. With it, FILE is a download from
aqicn.org/historical of a station that config.yaml names. With --live the
history is a model's for Beijing, asked of open-meteo.com without any account.

Examples:
  demo
  demo --csv beijing-air-quality.csv
  demo --live
`

/** A line that says what starts, ended by how long it took. */
export function stepText(done: 'done', processes: DemoSummary['processes']): string
export function stepText(step: number, bin: string, what: string, simulated: boolean): string
export function stepText(
  step: number | 'done',
  bin: string | DemoSummary['processes'],
  what = '',
  simulated = false,
): string {
  if (typeof bin === 'string') return `${mark(simulated)}${String(step)}/4 ${bin}: ${what} … `
  return `${((bin.at(-1)?.wallMs ?? 0) / 1000).toFixed(2)} s\n`
}

/** The end of the demo: forecast, interval, score. */
export function demoText(summary: DemoSummary): string {
  const { forecast, scores, test, warnings, processes, simulated, live, state, page } = summary
  const airq = scores['airq']
  const persistence = scores['persistence']
  const percent = (share: number) => `${(share * 100).toFixed(0)} %`
  const lines = [
    '',
    `Forecast for ${forecast.day} at ${forecast.station}: AQI ${String(forecast.aqi)} (${forecast.category}), scale ${forecast.scale}`,
    `${percent(forecast.interval.coverage)} interval ${String(forecast.lower)} to ${String(forecast.upper)}, from ${forecast.interval.method}`,
    `decided ${forecast.decision}, last final day ${forecast.basedOn.lastFinalDay}, model ${forecast.model === null ? 'none (fallback)' : `${forecast.model.name} ${forecast.model.version}`}`,
    airq === undefined || persistence === undefined
      ? ''
      : `On ${String(test.n)} test days (${test.firstDay} … ${test.lastDay}): mean absolute error ${airq.mae.toFixed(2)} against persistence's ${persistence.mae.toFixed(2)}, skill ${percent(airq.skill)}`,
    ...(live
      ? ['Data: Open-Meteo.com and Copernicus Atmosphere Monitoring Service, a model and no station.']
      : []),
    ...(simulated ? ['Simulated results say nothing about real skill.'] : []),
    `${(processes.reduce((sum, { wallMs }) => sum + wallMs, 0) / 1000).toFixed(2)} s in ${String(processes.length)} processes; store and registry are in ${relative(process.cwd(), state)}`,
    `The page: open ${relative(process.cwd(), page)}`,
  ]
  const notes = warnings.map(({ message }) => `Note: ${message}`)
  return `${[...lines, ...notes].map((line) => (line === '' ? '' : `${mark(simulated)}${line}`)).join('\n')}\n`
}

function mark(simulated: boolean): string {
  return simulated ? '[simulated] ' : ''
}
