import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { classBounds, dayFromNumber, dayNumber, localDay } from '@airq/aqi-client'
import { type Block, columnsOf, type Decision, trainingSet } from '../packages/feature-groups/src/index.ts'
import {
  backtest,
  defaultRecipe,
  dieboldMariano,
  issuedBy,
  scoreDistributions,
  type TrainingMatrix,
} from '@airq/model'
import { ROOT } from '../scripts/built-apps.mts'
import { cityOf, daysOf, hoursOf, noiseOf, readStations, type Station, weatherOf } from './prsa.mts'
import { tableLines } from './table.mts'

// What hours and weather are worth: Beijing's stations, 2013 to 2017, by decision and by what is known.

const HELP = `Usage: node --conditions=@airq/source bench/accuracy-hourly.mts [--stations A,B] [--models blend,boosting] [--seed 1]

Backtests on Beijing's hours of 2013 to 2017 (../shared/data/prsa), the year from March 2016 on as test, with what is
known growing from daily values to a noisy forecast of the weather. By default three stations and the mean of twelve.
`
const FOLDER = join(ROOT, '../shared/data/prsa')
const TEST_FROM = dayNumber(localDay('2016-03-01'))

interface Setting {
  readonly decision: Decision
  readonly name: string
  readonly blocks: readonly Block[]
  /** Of the weather: what was observed, or the forecast too. */
  readonly weather: 'observed' | 'forecast'
  /** Figures to stand beside: MAE of a blend, mean of three stations and the city. */
  readonly anchor: readonly [stations: number, city: number]
}

const setting = (
  decision: Decision,
  name: string,
  blocks: readonly Block[],
  anchor: readonly [number, number],
  weather: Setting['weather'] = 'observed',
): Setting => ({ decision, name, blocks, anchor, weather })

const SETTINGS: readonly Setting[] = [
  setting('end-of-day', 'daily', [], [46.9, 44.4]),
  setting('end-of-day', '+ hours', ['stationHours'], [36.3, 32.4]),
  setting('end-of-day', '+ observed weather', ['stationHours', 'weather'], [34.9, 31.9]),
  setting('end-of-day', '+ noisy forecast', ['stationHours', 'weather'], [23.9, 20.9], 'forecast'),
  setting('evening', 'daily', [], [57.4, 55.7]),
  setting('evening', '+ hours', ['stationHours'], [43.1, 39.8]),
  setting('evening', '+ observed weather', ['stationHours', 'weather'], [41.1, 37.6]),
  setting('evening', '+ noisy forecast', ['stationHours', 'weather'], [27.7, 25.0], 'forecast'),
  setting('morning', '+ hours', ['stationHours'], [24.8, 21.5]),
  setting('morning', '+ noisy forecast', ['stationHours', 'weather'], [16.9, 14.8], 'forecast'),
]

interface Result {
  readonly n: number
  readonly actual: readonly number[]
  readonly persistence: readonly number[]
  readonly soFar: readonly number[]
  readonly forecasts: ReadonlyMap<string, readonly number[]>
  readonly winkler: number
}

const { values: args } = parseArgs({
  options: {
    stations: { type: 'string', default: 'Dongsi,Wanshouxigong,Changping,city' },
    models: { type: 'string', default: 'blend' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
})
if (args.help) {
  process.stdout.write(HELP)
  process.exit(0)
}
if (!existsSync(FOLDER)) {
  console.log('Accuracy with hours: skipped, there is no ../shared/data/prsa.')
  process.exit(0)
}

function matrixOf(station: Station, { decision, blocks, weather }: Setting, seed: number): TrainingMatrix {
  const columns = columnsOf({ decision }, blocks).filter(
    ({ name }) => weather === 'forecast' || !/_(target|change)$/.test(name),
  )
  const beside = { hours: hoursOf(station), weather: weatherOf(station, noiseOf(seed)) }
  return trainingSet(daysOf(station), { decision, columns, beside })
}

async function run(station: Station, of: Setting, models: readonly string[], seed: number): Promise<Result> {
  const matrix = matrixOf(station, of, seed)
  const testDays = matrix.targetDays.filter((day) => day >= TEST_FROM).length
  const ids = ['persistence', 'hours-so-far', ...models]
  const result = await backtest(matrix, ids.map(defaultRecipe), { testDays, seed: 1 })
  const issue = (index: number) =>
    issuedBy(result, index, { coverage: 0.9, classBounds: classBounds('us-epa-2015'), debias: index > 1 })
  const points = (index: number) => issue(index).map((given) => given?.point ?? Number.NaN)
  const actual = result.actual.slice(result.testFrom)
  const issued = issue(2).flatMap((given) => (given === null ? [] : [given]))
  return {
    n: testDays,
    actual,
    persistence: result.forecasts[0]?.slice(result.testFrom) ?? [],
    soFar: result.forecasts[1]?.slice(result.testFrom) ?? [],
    forecasts: new Map(models.map((id, i) => [id, points(i + 2)])),
    winkler: scoreDistributions(actual, issued).winkler90,
  }
}

const mae = (actual: readonly number[], forecasts: readonly number[]) =>
  actual.reduce((sum, value, i) => sum + Math.abs(value - (forecasts[i] ?? Number.NaN)), 0) / actual.length

/** Probability that chance alone makes the richer set look so much better on the days both have. */
function pBetter(result: Result, poorer: Result | undefined, model: string): string {
  if (poorer?.n !== result.n) return '–'
  const [own = [], other = []] = [result, poorer].map(({ forecasts }) => forecasts.get(model))
  return dieboldMariano(result.actual, own, other).pFirstBetter.toFixed(4)
}

const models = args.models.split(',')
const main = models[0] ?? 'blend'
const all = readStations(FOLDER)
const control = daysOf(all.find(({ name }) => name === 'Dongsi') ?? cityOf(all))
console.log(
  `Control, Dongsi's first days (35, 75, 169, 72, 214): ${control
    .slice(0, 5)
    .map(({ aqi }) => String(aqi))
    .join(', ')}`,
)
const wanted = args.stations.split(',')
const stations = [...all, cityOf(all)].filter(({ name }) => wanted.includes(name))
const seed = Number(args.seed)
console.log(
  `Test days from ${dayFromNumber(TEST_FROM)} on; MAE of ${main}; p: that the poorer set above is as good\n`,
)
const overall = SETTINGS.map(() => ({ error: 0, last: 0, winkler: 0 }))
for (const station of stations) {
  const lines: string[][] = []
  let before: { decision: Decision; result: Result } | undefined
  for (const [i, of] of SETTINGS.entries()) {
    const result = await run(station, of, models, seed)
    const error = mae(result.actual, result.forecasts.get(main) ?? [])
    const last = mae(result.actual, result.persistence)
    const sum = overall[i]
    if (station.name !== 'city' && sum !== undefined) {
      sum.error += error
      sum.last += last
      sum.winkler += result.winkler
    }
    lines.push([
      of.decision,
      of.name,
      String(result.n),
      last.toFixed(1),
      of.blocks.length === 0 ? '–' : mae(result.actual, result.soFar).toFixed(1),
      ...models.map((id) => mae(result.actual, result.forecasts.get(id) ?? []).toFixed(1)),
      station.name === 'city' ? of.anchor[1].toFixed(1) : '',
      (error / last).toFixed(3),
      pBetter(result, before?.decision === of.decision ? before.result : undefined, main),
      result.winkler.toFixed(0),
    ])
    before = { decision: of.decision, result }
  }
  const head = ['decision', 'known', 'n', 'last day', 'so far', ...models, 'anchor', 'relMae', 'p', 'Winkler']
  console.log(`${station.name}\n${tableLines(head, lines).join('\n')}\n`)
}
const single = stations.filter(({ name }) => name !== 'city').length
if (single > 0) {
  const rows = overall.map(({ error, last, winkler }, i) => [
    SETTINGS[i]?.decision ?? '',
    SETTINGS[i]?.name ?? '',
    (last / single).toFixed(1),
    (error / single).toFixed(1),
    (SETTINGS[i]?.anchor[0] ?? Number.NaN).toFixed(1),
    (winkler / single).toFixed(0),
  ])
  const head = ['decision', 'known', 'last day', main, 'anchor', 'Winkler']
  console.log(`mean of ${String(single)} stations\n${tableLines(head, rows).join('\n')}`)
}
