import type { Backtest } from '../types.ts'
import { frame, rangeOf } from './frame.ts'

const colours = { actual: '#374151', forecast: '#2563eb', error: '#c2410c' }
const residualBins = 24
const reliabilityBins = 10

export interface Chart {
  readonly path: string
  /** SVG. */
  readonly text: string
}

/** Forecast against outcome, in four ways; none where there are no days. */
export function backtestCharts(backtest: Backtest): Chart[] {
  if (backtest.days.length === 0) return []
  return [
    { path: 'charts/forecast-and-outcome.svg', text: lines(backtest) },
    { path: 'charts/outcome-by-forecast.svg', text: scatter(backtest) },
    { path: 'charts/residuals.svg', text: residuals(backtest) },
    { path: 'charts/reliability.svg', text: reliability(backtest) },
  ]
}

/** Day by day, with the interval where there is one. */
function lines({ days, actual, forecast, lower, upper }: Backtest): string {
  const last = days.length - 1
  const chart = frame({
    title: 'Forecast and outcome',
    x: { least: 0, most: Math.max(1, last) },
    y: rangeOf([...actual, ...forecast, ...(lower ?? []), ...(upper ?? [])]),
    xLabel: 'day',
    yLabel: 'AQI',
    xTicks: [0, 1, 2, 3, 4]
      .map((quarter) => Math.round((quarter * last) / 4))
      .filter((at, index, all) => all.indexOf(at) === index)
      .map((at) => ({ at, label: days[at] ?? '' })),
  })
  if (lower !== undefined && upper !== undefined) {
    const band = days.map((_, at) => [at, lower[at] ?? 0, upper[at] ?? 0] as const)
    chart.band(band, colours.forecast)
  }
  chart.line(points(actual), colours.actual)
  chart.line(points(forecast), colours.forecast)
  chart.legend([
    ['outcome', colours.actual],
    ['forecast', colours.forecast],
  ])
  return chart.svg()
}

/** On the dashed line the forecast was right. */
function scatter({ actual, forecast }: Backtest): string {
  const both = rangeOf([...actual, ...forecast])
  const chart = frame({
    title: 'Outcome by forecast',
    x: both,
    y: both,
    xLabel: 'forecast AQI',
    yLabel: 'AQI that came',
  })
  chart.line(diagonal(both), colours.actual, true)
  chart.dots(
    forecast.map((value, at) => [value, actual[at] ?? 0]),
    colours.forecast,
  )
  return chart.svg()
}

/** How often the outcome was so much above the forecast. */
function residuals({ actual, forecast }: Backtest): string {
  const errors = actual.map((value, at) => value - (forecast[at] ?? 0))
  const x = rangeOf(errors)
  const size = (x.most - x.least) / residualBins
  const counts = new Array<number>(residualBins).fill(0)
  for (const error of errors) {
    const bin = Math.min(residualBins - 1, Math.floor((error - x.least) / size))
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  const chart = frame({
    title: 'Residuals',
    x,
    y: { least: 0, most: Math.max(1, ...counts) * 1.05 },
    xLabel: 'outcome minus forecast, AQI',
    yLabel: 'days',
  })
  const bars = counts.map((count, bin) => [x.least + bin * size, x.least + (bin + 1) * size, count] as const)
  chart.bars(bars, colours.error)
  return chart.svg()
}

/** The mean outcome of days with like forecasts: on the dashed line where forecasts mean what they say. */
function reliability({ actual, forecast, lower, upper }: Backtest): string {
  const pairs = forecast
    .map((value, at) => ({ forecast: value, actual: actual[at] ?? 0 }))
    .sort((a, b) => a.forecast - b.forecast)
  const bins = Math.min(reliabilityBins, pairs.length)
  const means = Array.from({ length: bins }, (_, bin) => {
    const part = pairs.slice(
      Math.floor((bin * pairs.length) / bins),
      Math.floor(((bin + 1) * pairs.length) / bins),
    )
    return [mean(part.map((pair) => pair.forecast)), mean(part.map((pair) => pair.actual))] as const
  })
  const both = rangeOf(means.flat())
  const inside = actual.filter(
    (value, at) => value >= (lower?.[at] ?? Infinity) && value <= (upper?.[at] ?? -Infinity),
  )
  const share = `, ${((100 * inside.length) / actual.length).toFixed(0)} % of the outcomes within the interval`
  const chart = frame({
    title: `Reliability${lower === undefined ? '' : share}`,
    x: both,
    y: both,
    xLabel: 'mean forecast of a tenth of the days, AQI',
    yLabel: 'mean outcome, AQI',
  })
  chart.line(diagonal(both), colours.actual, true)
  chart.line(means, colours.forecast)
  chart.dots(means, colours.forecast, 3.5)
  return chart.svg()
}

function points(values: readonly number[]): (readonly [number, number])[] {
  return values.map((value, at) => [at, value])
}

function diagonal({ least, most }: { readonly least: number; readonly most: number }) {
  return [
    [least, least],
    [most, most],
  ] as const
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}
