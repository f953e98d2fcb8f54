import { type BacktestJob, backtestInParallel } from '@airq/model/node'
import { dailySeries, defaultRecipe } from '@airq/model'

// Backtests made-up stations on so many threads, in a process of its own: node speed-threads.mts STATIONS THREADS

const [stations = 1, threads = 1] = process.argv.slice(2).map(Number)
const YEARS = 6

function job(station: number): BacktestJob {
  let log = 4
  const values = Array.from({ length: Math.round(365.25 * YEARS) }, (_, day) => {
    const season = 4 + 0.4 * Math.cos((2 * Math.PI * day) / 365.25)
    // Made up, and the same on every machine.
    const shock = Math.sin((day + 17 * station) ** 2) * 0.5
    log = season + 0.6 * (log - season) + shock
    return Math.round(Math.exp(log))
  })
  const { matrix } = dailySeries(values, '2019-01-01')
  return { matrix, recipes: [defaultRecipe('blend')], options: { testDays: 365, seed: 1 } }
}

const jobs = Array.from({ length: stations }, (_, station) => job(station))
// Threads are begun and the code is warm before the clock starts with the first result of a small series.
await backtestInParallel([{ ...job(0), options: { testDays: 30, warmUpDays: 30, seed: 1 } }], { threads })
const before = process.cpuUsage()
const started = performance.now()
await backtestInParallel(jobs, { threads })
const wall = (performance.now() - started) / 1000
const { user, system } = process.cpuUsage(before)
process.stdout.write(`${JSON.stringify({ wall, cpu: (user + system) / 1e6 })}\n`)
