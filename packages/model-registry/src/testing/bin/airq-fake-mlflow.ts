#!/usr/bin/env node
import { parseArgs } from 'node:util'

import { oneOf, runFakeCommand, untilStopped, wholeNumber } from '@airq/http/testing'

import { startFakeMlflow, type FakeMlflowAuth, type MlflowFault } from '../mlflow/index.ts'

const HELP = `Usage: airq-fake-mlflow [options]

Starts a fake MLflow tracking server on loopback and prints where it is as one
line of JSON. It keeps everything in memory. Stops on SIGINT or SIGTERM.

Options:
  --port <n>           where it listens (default: one that is free)
  --token <token>      what it takes for the right bearer token (default: it
                       asks for nothing)
  --user <name>        with --password: basic authentication
  --password <text>    invented, as the token: it is no secret of any real
                       server
  --artifacts <where>  proxied, off or s3 (default: proxied)
  --int64 <form>       number or text (default: number)
  --ready-after <n>    a new version is READY after so many reads (default: 0)
  --fail <fault>       METHOD:PATH:EFFECT, e.g. POST:runs/create:500, for the
                       first such request; the effect is a status, cut-before,
                       cut-after, answer-cut, answer-shortened or
                       answer-changed; may be given several times
  --help               show this and stop

Examples:
  $ airq-fake-mlflow
  $ airq-fake-mlflow --token invented --fail PUT:model.json:500

Exit codes:
  0 stopped by a signal, 2 wrong input

Secrets:
  none: what it takes for right is invented, and told in the line it prints

More: docs/mlflow.md
`

const options = {
  port: { type: 'string', default: '0' },
  token: { type: 'string' },
  user: { type: 'string' },
  password: { type: 'string' },
  artifacts: { type: 'string', default: 'proxied' },
  int64: { type: 'string', default: 'number' },
  'ready-after': { type: 'string', default: '0' },
  fail: { type: 'string', multiple: true },
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
  await using fake = await startFakeMlflow({
    port: wholeNumber('--port', values.port),
    auth: authOf(values),
    artifacts: oneOf('--artifacts', values.artifacts, ['proxied', 'off', 's3']),
    int64: oneOf('--int64', values.int64, ['number', 'text']),
    readyAfterReads: wholeNumber('--ready-after', values['ready-after']),
  })
  for (const fault of (values.fail ?? []).map(faultOf)) fake.fail(fault)
  process.stdout.write(`${JSON.stringify({ baseUrl: fake.baseUrl })}\n`)
  await stopped
}

function authOf(given: {
  token?: string | undefined
  user?: string | undefined
  password?: string | undefined
}): FakeMlflowAuth | null {
  const { token, user, password } = given
  if (token !== undefined && (user !== undefined || password !== undefined)) {
    throw new RangeError('give either --token or --user and --password')
  }
  if (token !== undefined) return { token }
  if (user === undefined && password === undefined) return null
  if (user === undefined || password === undefined) {
    throw new RangeError('--user and --password go together')
  }
  return { username: user, password }
}

function faultOf(text: string): MlflowFault {
  const [, method, path, effect = ''] = /^([A-Z]+):(.+):([^:]+)$/.exec(text) ?? []
  if (method === undefined || path === undefined) throw new RangeError('--fail takes METHOD:PATH:EFFECT')
  const on = [method, path] as const
  if (/^\d{3}$/.test(effect)) return { on, effect: { status: Number(effect) } }
  const known = oneOf('--fail', effect, [
    'cut-before',
    'cut-after',
    'answer-cut',
    'answer-shortened',
    'answer-changed',
  ])
  if (known === 'cut-before') return { on, effect: { cut: 'before' } }
  if (known === 'cut-after') return { on, effect: { cut: 'after' } }
  if (known === 'answer-cut') return { on, effect: { answer: 'cut' } }
  return { on, effect: { answer: known === 'answer-changed' ? 'changed' : 'shortened' } }
}

runFakeCommand('airq-fake-mlflow', main)
