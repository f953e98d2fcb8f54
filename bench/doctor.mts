import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { binPath, buildApps } from '../scripts/built-apps.mts'
import { doctorWorld } from '../e2e/support/doctor-world.ts'
import { median, medianAndRange } from './median.mts'
import { tableLines } from './table.mts'

// How long airq-doctor takes: a process of its own, against a fake of every service on loopback.

const RUNS = 5
const GOAL_SECONDS = 3

await using world = await doctorWorld()
const { place, env } = world

/** Seconds from before the start of the process to after its end. The fakes are in this one: nothing may block. */
async function examined(args: readonly string[]): Promise<number> {
  const started = performance.now()
  const child = spawn(
    process.execPath,
    [binPath('airq-doctor'), place.config, '--state', place.state, '--json', ...args],
    {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  )
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`airq-doctor ended with ${String(code)}`)
  return (performance.now() - started) / 1000
}

async function measured(args: readonly string[]): Promise<number[]> {
  await examined(args) // warms the file cache and Node's compile cache
  const times: number[] = []
  for (let i = 0; i < RUNS; i += 1) times.push(await examined(args))
  return times
}

buildApps()
const all = await measured([])
const local = await measured(['--no-network'])
console.log(`airq-doctor, median (least…most) of ${String(RUNS)} processes\n`)
const rows = [
  ['WAQI, Open-Meteo, Hopsworks, Comet, Azure with Entra and Key Vault', medianAndRange(all, 2)],
  ['the same configuration, --no-network', medianAndRange(local, 2)],
]
console.log(tableLines(['against', 'wall s'], rows).join('\n'))
const met = median(all) <= GOAL_SECONDS
console.log(`\nGoal ≤ ${String(GOAL_SECONDS)} s against all fakes: ${met ? 'met' : 'MISSED'}`)
