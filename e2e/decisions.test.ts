import { join } from 'node:path'
import { weatherForecasts } from '../packages/feature-groups/src/index.ts'
import { openSqliteStore } from '@airq/feature-store/sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run, type Summary, type Workplace, workplace } from './support/bins.ts'
import { rowsOf } from './support/store.ts'
import { weatherOfTheAir } from './support/weather.ts'

const ZONE = 'Europe/Vienna'
const CONFIG = `
stations:
  - id: nowhere
    name: Nowhere
    timeZone: ${ZONE}
    source: { kind: simulator, seed: 5, years: 1 }
forecast: { decisions: [end-of-day, evening, morning] }
training: { candidates: [ridge], testDays: 90 }
weather: { kind: none }
`
const NOW = '2024-07-01T20:30:00+02:00'

let place: Workplace
let trained: Summary
const args = (now = NOW) => [place.config, '--state', place.state, '--now', now, '--json']
const forecastOf = async (decision: string, now = NOW) =>
  (await run('inference-pipeline', [...args(now), '--decision', decision])).summary['forecasts'][0]

/** Weather that gives the air of each day away, as it was forecast at 19:00 of the day before. */
async function storeWeather(state: string, until: string): Promise<void> {
  const store = await openSqliteStore({ path: join(state, 'feature-store.sqlite'), clock: Date })
  await store.ensure(weatherForecasts)
  const rows = weatherOfTheAir(state, ZONE)
  await store.upsert(
    weatherForecasts,
    rows.filter(({ day }) => day <= until),
  )
  await store.close()
}

beforeAll(async () => {
  place = await workplace(CONFIG)
  // Two days more than are trained on, so that the weather of these days can be made of what came.
  await run('feature-pipeline', args('2024-07-03T20:30:00+02:00'))
  await storeWeather(place.state, '2024-07-01')
  trained = (await run('training-pipeline', args())).summary
}, 180_000)
afterAll(() => place[Symbol.asyncDispose]())

describe('training', () => {
  const modelOf = (decision: string) =>
    trained['models'].find((model: Summary) => model['decision'] === decision)

  test('each decision has rows, scores and a model of its own', () => {
    expect(trained['models']).toMatchObject([
      { name: 'nowhere-end-of-day', decision: 'end-of-day', lead: 2, outcome: 'first' },
      { name: 'nowhere-evening', decision: 'evening', lead: 2, outcome: 'first' },
      { name: 'nowhere-morning', decision: 'morning', lead: 1, outcome: 'first' },
    ])
  })

  test.each(['evening', 'morning'])('beside %s stand both baselines', (decision) => {
    const [hours] = modelOf(decision).richerSets
    expect(hours.informationSet).toBe('+stationHours')
    const { persistence, airq, 'hours-so-far': soFar } = hours.scores
    expect(soFar.mae).toBeLessThan(persistence.mae)
    expect(airq.mae).toBeLessThan(soFar.mae)
  })

  test('a richer set stands on the poorer one it beat on the same days', () => {
    expect(modelOf('evening').richerSets).toMatchObject([
      { needs: ['stationHours'], serves: true, against: { informationSet: 'daily', n: 90 } },
      {
        needs: ['stationHours', 'weather'],
        serves: true,
        against: { informationSet: '+stationHours', n: 90 },
      },
    ])
  })
})

describe('inference', () => {
  test('in the evening, today is not over: lead 2, the hours so far, the target tomorrow', async () => {
    await storeWeather(place.state, '2024-07-02')
    expect(await forecastOf('evening')).toMatchObject({
      day: '2024-07-02',
      issueSlot: '2024-07-01T20',
      horizon: 1,
      lead: 2,
      informationSet: '+weather',
      basedOn: { lastFinalDay: '2024-06-30', hoursToday: 20 },
      model: { name: 'nowhere-evening', version: '1.0.0' },
    })
  })

  test('in the morning the target is today', async () => {
    expect(await forecastOf('morning')).toMatchObject({
      day: '2024-07-01',
      issueSlot: '2024-07-01T06',
      horizon: 0,
      lead: 1,
      basedOn: { lastFinalDay: '2024-06-30', hoursToday: 6 },
    })
  })

  test('before its hour the last evening speaks', async () => {
    expect(await forecastOf('evening', '2024-07-01T19:59:00+02:00')).toMatchObject({
      issueSlot: '2024-06-30T20',
    })
  })

  test('what is not known is done without: no weather, then no hours', async () => {
    expect(await forecastOf('evening', '2024-07-03T20:30:00+02:00')).toMatchObject({
      informationSet: '+stationHours',
      basedOn: { hoursToday: 20 },
    })
    expect(await forecastOf('evening', '2024-07-04T20:30:00+02:00')).toMatchObject({
      informationSet: 'daily',
      lead: 3,
      basedOn: { lastFinalDay: '2024-07-02', hoursToday: null },
    })
  })

  test('again, it is the same forecast; the ledger names decision, lead and information', async () => {
    expect(await forecastOf('evening')).toMatchObject({ new: false, revision: 0 })
    const [row] = rowsOf(place.state, 'aqi_forecasts_v1').filter(
      ({ issue_slot: slot }) => slot === '2024-07-01T20',
    )
    expect(row).toMatchObject({
      decision: 'evening',
      lead: 2,
      horizon: 1,
      information_set: '+weather',
      hours_today: 20,
    })
  })

  test('a model does not serve another hour than it was trained for', async () => {
    const config = await place.file(
      'later.yaml',
      CONFIG.replace('morning] }', 'morning], hours: { evening: 21 } }'),
    )
    const later = [config, '--state', place.state, '--now', '2024-07-01T21:30:00+02:00', '--json']
    const { code, summary } = await run('inference-pipeline', [...later, '--decision', 'evening'])
    expect([code, summary['error'].code]).toEqual([1, 'unlike-values'])
  })
})

describe('backtest', () => {
  const backtest = async (...more: string[]) =>
    (await run('backtest', [...args(), '--decision', 'evening', ...more])).summary

  test('scores a decision with as much information as is asked for', async () => {
    const daily = await backtest()
    const hours = await backtest('--information', '+stationHours')
    expect(daily).toMatchObject({
      decision: 'evening',
      informationSet: 'daily',
      series: [{ lead: 2, needs: [] }],
    })
    expect(hours).toMatchObject({
      informationSet: '+stationHours',
      series: [{ lead: 2, needs: ['stationHours'] }],
    })
    const mae = (summary: Summary) => summary['series'][0].models.airq.mae
    expect(mae(hours)).toBeLessThan(mae(daily))
    // What training published is what the backtest says.
    const model = trained['models'].find((one: Summary) => one['decision'] === 'evening')
    expect(mae(hours)).toBe(model.richerSets[0].scores.airq.mae)
  })

  test('says so where there is no such information', async () => {
    const missing = await run('backtest', [...args(), '--information', '+modelHours'])
    expect([missing.code, missing.summary['error'].code]).toEqual([1, 'no-data'])
    const file = await place.file('beijing.csv', 'date, pm25\n')
    const ofFile = await run('backtest', [...args(), '--csv', file, '--information', '+weather'])
    expect([ofFile.code, ofFile.summary['error'].code]).toEqual([2, 'bad-arguments'])
  })
})
