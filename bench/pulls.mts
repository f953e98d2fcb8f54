import { aggregateDay, dayOfHour, localDay, type HourlyReading, type LocalDay } from '@airq/aqi-client'
import { simulatedHours, simulateWorld } from '@airq/aqi-client/simulator'
import { tableLines } from './table.mts'
import { mean } from './median.mts'

// How far a day made of fewer pulls lies from the day made of all its hours, on simulated stations. Simulated
// figures say nothing about real ones: they show that the aggregation does what it says.

const SEEDS = Array.from({ length: 10 }, (_, i) => i + 1)
const SPAN = {
  timeZone: 'Asia/Shanghai',
  firstDay: localDay('2019-01-01'),
  lastDay: localDay('2024-12-31'),
}
/** Every n hours, the first at hour `first`. */
const SCHEDULES = [
  { every: 1, first: 0 },
  { every: 3, first: 0 },
  { every: 3, first: 1 },
  { every: 3, first: 2 },
  { every: 4, first: 2 },
  { every: 6, first: 2 },
  { every: 12, first: 7 },
  { every: 24, first: 14 },
]

interface Station {
  readonly truth: ReadonlyMap<LocalDay, { readonly aqi: number; readonly pm25: number }>
  readonly hours: ReadonlyMap<LocalDay, readonly HourlyReading[]>
}

function stationOf(seed: number): Station {
  const options = { seed, ...SPAN }
  const { days } = simulateWorld(options)
  const hours = Map.groupBy(simulatedHours(options), ({ hour }) => dayOfHour(hour))
  return {
    truth: new Map(days.map(({ day, aqi, sub }) => [day, { aqi: aqi ?? NaN, pm25: sub.pm25 ?? NaN }])),
    hours,
  }
}

function scheduleRow(stations: readonly Station[], { every, first }: (typeof SCHEDULES)[number]): string[] {
  const errors = { pm25: [] as number[], aqi: [] as number[] }
  let final = 0
  for (const { truth, hours } of stations) {
    for (const [day, { aqi, pm25 }] of truth) {
      const pulled = (hours.get(day) ?? []).filter(({ hour }) => Number(hour.slice(11)) % every === first)
      const made = aggregateDay(pulled, { day, timeZone: SPAN.timeZone, origin: 'simulator' })
      if (made.status === 'final') final += 1
      errors.aqi.push((made.aqi ?? NaN) - aqi)
      errors.pm25.push((made.sub.pm25 ?? NaN) - pm25)
    }
  }
  const figures = [errors.pm25, errors.aqi].flatMap((each) => [mean(each.map(Math.abs)), mean(each)])
  return [
    every === 1 ? 'every hour' : `every ${String(every)} h from ${String(first)}`,
    String(24 / every),
    `${((100 * final) / errors.aqi.length).toFixed(0)} %`,
    ...figures.map((figure) => figure.toFixed(2)),
  ]
}

const stations = SEEDS.map(stationOf)
const days = stations.reduce((sum, { truth }) => sum + truth.size, 0)
const head = ['pulls', 'a day', 'final', 'MAE pm25', 'bias pm25', 'MAE AQI', 'bias AQI']
const rows = SCHEDULES.map((schedule) => scheduleRow(stations, schedule))
process.stdout.write(
  `${String(stations.length)} simulated stations, ${String(days)} days; index points against the mean of all hours\n\n` +
    `${tableLines(head, rows).join('\n')}\n`,
)
