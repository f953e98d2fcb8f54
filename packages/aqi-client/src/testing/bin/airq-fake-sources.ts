#!/usr/bin/env node
import { parseArgs } from 'node:util'

import { runFakeCommand, untilStopped } from '@airq/http/testing'

import { startFakeWaqi } from '../waqi/index.ts'

const HELP = `Usage: airq-fake-sources [options]

Starts fakes of WAQI and Open-Meteo on loopback and prints where they are as one
line of JSON. Their numbers are invented. Stops on SIGINT or SIGTERM.

Options:
  --token <token>  what the fake WAQI takes for right (default: fake-token)
  --seed <n>       another seed, other air (default: 1)
  --now <time>     the clock stands at this ISO time (default: it runs)
  --help           show this and stop

Examples:
  $ airq-fake-sources
  $ airq-fake-sources --token invented --seed 2

Exit codes:
  0 stopped by a signal, 2 wrong input

Secrets:
  none: what it takes for right is invented, and told in the line it prints

More: docs/live.md
`

/** Runs until a signal. */
async function main(argv: readonly string[]): Promise<void> {
  const options = readOptions(argv)
  if (options === 'help') {
    process.stdout.write(HELP)
    return
  }
  const stopped = untilStopped()
  const { token, seed, now } = options
  await using waqi = await startFakeWaqi({ token, seed })
  if (now !== undefined) waqi.setNow(now)
  const { startFakeOpenMeteo } = await import('../open-meteo/index.ts')
  await using openMeteo = await startFakeOpenMeteo({ seed, clock: { now: () => waqi.now() } })
  const { baseUrl, controlUrl } = waqi
  const where = { waqi: { baseUrl, controlUrl, token }, openMeteo: { baseUrl: openMeteo.baseUrl } }
  process.stdout.write(`${JSON.stringify(where)}\n`)
  await stopped
}

interface Options {
  readonly token: string
  readonly seed: number
  readonly now: number | undefined
}

function readOptions(argv: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      token: { type: 'string', default: 'fake-token' },
      seed: { type: 'string', default: '1' },
      now: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return 'help'
  const seed = Number(values.seed)
  const now = values.now === undefined ? undefined : Date.parse(values.now)
  if (!Number.isInteger(seed)) throw new RangeError('--seed takes a whole number')
  if (Number.isNaN(now)) throw new RangeError('--now takes a time like 2026-01-06T00:00:00Z')
  return { token: values.token, seed, now }
}

runFakeCommand('airq-fake-sources', main)
