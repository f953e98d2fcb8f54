#!/usr/bin/env node
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'

import { runFakeCommand, untilStopped, wholeNumber } from '@airq/http/testing'

import { startFakeHopsworks } from '../hopsworks/index.ts'

const HELP = `Usage: airq-fake-hopsworks [options]

Starts a fake Hopsworks on loopback and prints where it is as one line of JSON.
It keeps everything in memory. Stops on SIGINT or SIGTERM.

Options:
  --project <name>     the project (default: airq)
  --api-key <key>      what it takes for right: prefix.secret (default:
                       fakePrefix.fakeSecret)
  --version <version>  the Hopsworks it says it is (default: 4.2.0)
  --port <n>           of the REST API (default: one that is free)
  --online-port <n>    of the online server (default: one that is free)
  --start-ms <n>       from the start of a job until it runs (default: 2000)
  --run-ms <n>         from then to its end (default: 3000)
  --online-lag-ms <n>  from its end until the online copy shows its rows
                       (default: 1000)
  --hide-online        do not tell of the online server
  --tls-key <file>     PEM; with --tls-cert both servers speak https
  --tls-cert <file>    PEM
  --help               show this and stop

Examples:
  $ airq-fake-hopsworks
  $ airq-fake-hopsworks --start-ms 2000 --run-ms 3000

Exit codes:
  0 stopped by a signal, 2 wrong input

Secrets:
  none: what it takes for right is invented, and told in the line it prints

More: docs/hopsworks.md
`

const options = {
  project: { type: 'string' },
  'api-key': { type: 'string' },
  version: { type: 'string', default: '4.2.0' },
  port: { type: 'string', default: '0' },
  'online-port': { type: 'string', default: '0' },
  'start-ms': { type: 'string', default: '2000' },
  'run-ms': { type: 'string', default: '3000' },
  'online-lag-ms': { type: 'string', default: '1000' },
  'hide-online': { type: 'boolean', default: false },
  'tls-key': { type: 'string' },
  'tls-cert': { type: 'string' },
  help: { type: 'boolean', default: false },
} as const

/** Runs until a signal. */
async function main(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...argv], options })
  if (values.help) {
    process.stdout.write(HELP)
    return
  }
  const stopped = untilStopped()
  const { project, version } = values
  const apiKey = values['api-key']
  const tls = await readTls(values['tls-key'], values['tls-cert'])
  await using fake = await startFakeHopsworks({
    ...(project !== undefined && { project }),
    ...(apiKey !== undefined && { apiKey }),
    ...(tls && { tls }),
    port: wholeNumber('--port', values.port),
    onlinePort: wholeNumber('--online-port', values['online-port']),
    timing: {
      startMs: wholeNumber('--start-ms', values['start-ms']),
      runMs: wholeNumber('--run-ms', values['run-ms']),
      onlineLagMs: wholeNumber('--online-lag-ms', values['online-lag-ms']),
    },
    behaviours: { version, onlineServer: values['hide-online'] ? 'hidden' : 'announced' },
  })
  const { baseUrl, onlinePort } = fake
  process.stdout.write(
    `${JSON.stringify({ baseUrl, onlinePort, project: fake.project, apiKey: fake.apiKey })}\n`,
  )
  await stopped
}

async function readTls(key: string | undefined, cert: string | undefined) {
  if (key === undefined && cert === undefined) return undefined
  if (key === undefined || cert === undefined) throw new RangeError('--tls-key and --tls-cert go together')
  const [keyPem, certPem] = await Promise.all([readFile(key, 'utf8'), readFile(cert, 'utf8')])
  return { key: keyPem, cert: certPem }
}

runFakeCommand('airq-fake-hopsworks', main)
