import { parseArgs } from 'node:util'
import { AqiError } from '@airq/aqi-client'
import { createFakeWorld, defaultStations, editJson, feedBody } from '@airq/aqi-client/testing'
import { observationSchema, parseFeed } from '@airq/aqi-client/waqi'
import { median } from './median.mts'
import { tableLines } from './table.mts'

// Spoiled answers of WAQI: each must become an observation of the schema or an AqiError, never anything else.

const HELP = `Usage: npx --yes pnpm@12.21.0 exec node --conditions=@airq/source bench/waqi-fuzz.mts [--runs 100000] [--seed 1]

Puts odd values at random places of an invented answer and parses it.
`
const NOW = Date.parse('2026-01-05T18:00:00Z')
const OPTIONS = { requested: { uid: 1451 }, fetchedAt: NOW }
const MEGABYTE = 1_000_000
const GOAL_MS = 50
const MOST_CHANGES = 3

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    runs: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
  },
})
if (values.help) {
  process.stdout.write(HELP)
  process.exit(0)
}

// prettier-ignore
const ODD: readonly unknown[] = [
  null, true, 0, -1, 57, 999, 1e9, 1e308, 1.5, '', '-', ' 42 ', '57', '1e400', 'Infinity', 'NaN', '0x1F', '\ud800',
  '&#xD800;', '&amp;lt;', 'Z', '+14:00', '+99:99', '2026-02-30 25:00:00', '9999-12-31T23:59:59+14:00',
  '0000-00-00T00:00:00Z', '2026-01-05T23:00:00', [], {}, [null], [[[]]], { v: {} }, { v: '-' }, { toString: 1 },
  { status: 'error' }, [116.4, 39.9], ['a', 'b'], 'x'.repeat(5000), { daily: null }, [{ day: '2022-10-24', avg: -1 }],
]
const ODD_KEYS = ['__proto__', 'constructor', 'toString', 'v', 'idx', 'daily', '0', '']

let state = Number(values.seed)
function random(below: number): number {
  // A linear congruential generator; the high bits are good enough to pick with.
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return Math.floor((state / 2 ** 32) * below)
}
const pick = <T,>(list: readonly T[]): T => list[random(list.length)]!

function pathsOf(json: unknown): string[] {
  if (typeof json !== 'object' || json === null) return []
  return Object.entries(json).flatMap(([key, value]) => [
    key,
    ...pathsOf(value).map((path) => `${key}.${path}`),
  ])
}

/** The code of the error, or `observation`; what should never be, in words after `BAD`. */
function outcomeOf(json: unknown): string {
  try {
    const observation = parseFeed(json, OPTIONS)
    return observationSchema.safeParse(observation).success ? 'observation' : 'BAD: not of the schema'
  } catch (error) {
    return AqiError.isInstance(error) ? error.code : `BAD: ${String(error)}`
  }
}

const world = createFakeWorld(defaultStations())
const feed = feedBody(world, world.stations[0]!, NOW)
const paths = pathsOf(feed)

const outcomes = new Map<string, number>()
const bad: string[] = []
const runs = Number(values.runs)
const started = performance.now()
for (let run = 0; run < runs; run++) {
  let json = feed
  for (let change = 0; change <= random(MOST_CHANGES); change++) {
    const path = random(5) === 0 ? `${pick(paths)}.${pick(ODD_KEYS)}` : pick(paths)
    json = random(6) === 0 ? editJson(json, {}, [path]) : editJson(json, { [path]: pick(ODD) })
  }
  const wire = JSON.stringify(json)
  const outcome = outcomeOf(JSON.parse(wire))
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
  if (outcome.startsWith('BAD')) bad.push(`${outcome}\n  ${wire}`)
}
const seconds = (performance.now() - started) / 1000

const filler = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`k${String(i)}`, { v: i }]))
const long =
  JSON.stringify(editJson(feed, { 'data.iaqi': filler }))
    .slice(0, -1)
    .padEnd(MEGABYTE) + '}'
const times = Array.from({ length: 15 }, () => {
  const from = performance.now()
  outcomeOf(JSON.parse(long))
  return performance.now() - from
})

const rows = [...outcomes].sort(([, a], [, b]) => b - a).map(([name, count]) => [name, String(count)])
for (const line of tableLines(['outcome', 'answers'], rows)) console.log(line)
console.log(`\n${String(runs)} answers in ${seconds.toFixed(1)} s, made and checked`)
console.log(
  `an answer of ${String(long.length)} bytes: ${median(times).toFixed(1)} ms (goal ${String(GOAL_MS)} ms)`,
)
for (const line of bad.slice(0, 5)) console.error(line)
if (bad.length > 0) process.exitCode = 1
