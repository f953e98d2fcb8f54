import {
  addDays,
  type DailyReading,
  endOfDay,
  type HourlyReading,
  localDay,
  localHour,
  startOfDay,
} from '@airq/aqi-client'
import type { Beside, WeatherOutlook } from '@airq/feature-groups'
import { parseConfig } from '@airq/pipeline/config'
import { describe, expect, test } from 'vitest'
import { bestOf, candidateRecipes, compare, type CompareContext } from '../src/compare.ts'
import { dailySet, richerSets, serves } from '../src/information.ts'

const ZONE = 'Asia/Shanghai'
const HOUR = 3_600_000
const START = localDay('2023-01-01')
const DAYS = 420

const config = parseConfig(
  `
stations: [{ id: here, name: Here, timeZone: ${ZONE}, source: { kind: aqicn-csv } }]
training: { candidates: [ridge], testDays: 120 }
`,
  'config.yaml',
)
const silent = () => undefined
const context: CompareContext = {
  config,
  logger: { trace: silent, debug: silent, info: silent, warn: silent, error: silent },
  progress: () => ({ isShown: false, at: silent, [Symbol.dispose]: silent }),
  signal: new AbortController().signal,
  warn: silent,
}

/** The same numbers in [0, 1) for the same seed. Source: Numerical Recipes, a linear congruential generator. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const draw = randomOf(7)
/** Air that follows a wind of its own each day, and hardly the day before. */
const winds = Array.from({ length: DAYS }, () => 1 + 6 * draw())
const values = winds.map((wind, n) => Math.round(200 / wind + 0.2 * (winds[n - 1] ?? 3) + 10 * draw()))
const dayOf = (n: number) => addDays(START, n)
const startOf = (n: number) => startOfDay(dayOf(n), ZONE)

const days = values.map((aqi, n): DailyReading => ({
  day: dayOf(n),
  timeZone: ZONE,
  sub: { pm25: aqi },
  aqi,
  hours: null,
  status: 'final',
  origin: 'csv',
  unit: 'sub-index',
  scale: 'us-epa-2015',
  knownAt: endOfDay(dayOf(n), ZONE),
}))

/** Hours that say nothing of the day they belong to. */
const idleHours = Array.from({ length: DAYS * 24 }, (_, i): HourlyReading => {
  const observedAt = startOf(0) + i * HOUR
  const pm25 = Math.round(20 + 200 * draw())
  return {
    hour: localHour(`${dayOf(Math.floor(i / 24))}T${String(i % 24).padStart(2, '0')}`),
    observedAt,
    sub: { pm25 },
    aqi: pm25,
    dominant: 'pm25',
    unit: 'sub-index',
    scale: 'us-epa-2015',
    evidence: 'station',
    knownAt: observedAt + HOUR / 2,
  }
})

const weather = winds.map((wind, n): WeatherOutlook => ({
  day: dayOf(n),
  part: 'day',
  known_at: startOf(n) - 5 * HOUR,
  hours: 24,
  temperature: 10,
  dew_point: 5,
  pressure: 1000,
  precipitation: 0,
  wind_speed: wind,
  wind_u: wind,
  wind_v: 0,
}))

async function tried(beside: Beside) {
  const question = {
    days,
    beside,
    decision: 'evening' as const,
    recipes: candidateRecipes(config.training.candidates),
    scale: 'us-epa-2015' as const,
  }
  const daily = await compare(context, question)
  const sets = await richerSets(context, dailySet(daily, bestOf(daily, ['ridge'])), question)
  return sets.map((set) => ({ name: set.name, needs: set.needs, serves: serves(set), against: set.against }))
}

describe('a richer set earns its place or is left out', () => {
  test('one that beats the poorer set on the same days serves; one that says nothing does not, and nobody stands on it', async () => {
    expect(await tried({ hours: idleHours, weather })).toMatchObject([
      { name: '+stationHours', needs: ['stationHours'], serves: false, against: { poorer: 'daily', n: 120 } },
      { name: '+weather', needs: ['weather'], serves: true, against: { poorer: 'daily', n: 120 } },
    ])
  })

  test('one with too few rows is not tried', async () => {
    expect(await tried({ weather: weather.slice(-100) })).toEqual([])
  })

  test('one that came late is judged on the days it has, against a poorer set that learnt from all', async () => {
    const [set] = await tried({ weather: weather.slice(-200) })
    expect(set).toMatchObject({ name: '+weather', serves: true })
    expect(set?.against?.n).toBeLessThan(120)
    expect(set?.against?.n).toBeGreaterThanOrEqual(30)
  })

  test('weather that was only known afterwards is no information', async () => {
    const hindcast = weather.map((row, n) => ({ ...row, known_at: startOf(n + 1) }))
    expect(await tried({ weather: hindcast })).toEqual([])
  })
})
