#!/usr/bin/env node
import { argv, env } from 'node:process'

import { main } from '../cli/main.ts'

const interruption = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    interruption.abort()
  })
}
process.exitCode = await main(argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  clock: Date,
  env,
  signal: interruption.signal,
})
