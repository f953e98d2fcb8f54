#!/usr/bin/env node
import { parseArgs } from 'node:util'

import { oneOf, runFakeCommand, untilStopped, wholeNumber } from '@airq/http/testing'

import { startFakeComet, type ZipState } from '../comet/index.ts'

const HELP = `Usage: airq-fake-comet [options]

Starts a fake Comet on loopback and prints where it is as one line of JSON. It
keeps everything in memory. Stops on SIGINT or SIGTERM.

Options:
  --port <n>            where it listens (default: one that is free)
  --workspace <name>    the one workspace (default: airq)
  --api-key <key>       what it takes for right (default: fake-comet-key)
  --hidden-reads <n>    reads that do not show a write yet (default: 1)
  --bad-key-status <n>  401 or 403 (default: 401)
  --duplicates <what>   refused or accepted: a second version of a number
                        (default: refused)
  --zip <state>         whole, truncated, repacked, escaping, absolute, link,
                        many-entries, bomb or no-zip
  --requests <n>        of each kind a minute; the rest is 429 (default: as the
                        service documents)
  --key-lasts <n>       the key is good for so many requests
  --fail <fault>        METHOD:PATH:STATUS, e.g. POST:upload-asset:500, for the
                        first such request; STATUS may be cut-before or
                        cut-after; may be given several times
  --help                show this and stop

Examples:
  $ airq-fake-comet
  $ airq-fake-comet --workspace airq --api-key invented

Exit codes:
  0 stopped by a signal, 2 wrong input

Secrets:
  none: what it takes for right is invented, and told in the line it prints

More: docs/registries.md
`

const options = {
  port: { type: 'string', default: '0' },
  workspace: { type: 'string', default: 'airq' },
  'api-key': { type: 'string', default: 'fake-comet-key' },
  'hidden-reads': { type: 'string', default: '1' },
  'bad-key-status': { type: 'string', default: '401' },
  duplicates: { type: 'string', default: 'refused' },
  zip: { type: 'string', default: 'whole' },
  requests: { type: 'string' },
  'key-lasts': { type: 'string' },
  fail: { type: 'string', multiple: true },
  help: { type: 'boolean', default: false },
} as const

const zipStates: readonly ZipState[] = [
  'whole',
  'truncated',
  'repacked',
  'escaping',
  'absolute',
  'link',
  'many-entries',
  'bomb',
  'no-zip',
]

/** Runs until a signal. */
async function main(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...argv], options })
  if (values.help) {
    process.stdout.write(HELP)
    return
  }
  const stopped = untilStopped()
  const { requests, workspace } = values
  const apiKey = values['api-key']
  await using fake = await startFakeComet({
    port: wholeNumber('--port', values.port),
    workspace,
    apiKey,
    hiddenReads: wholeNumber('--hidden-reads', values['hidden-reads']),
    badKeyStatus: oneOf('--bad-key-status', values['bad-key-status'], ['401', '403']) === '401' ? 401 : 403,
    duplicates: oneOf('--duplicates', values.duplicates, ['refused', 'accepted']),
    zip: oneOf('--zip', values.zip, zipStates),
    ...(requests !== undefined && { limits: limitsOf(wholeNumber('--requests', requests)) }),
  })
  const lasts = values['key-lasts']
  if (lasts !== undefined) fake.expireKeyAfter(wholeNumber('--key-lasts', lasts))
  for (const text of values.fail ?? []) fake.fail(faultOf(text))
  process.stdout.write(`${JSON.stringify({ baseUrl: fake.baseUrl, workspace, apiKey })}\n`)
  await stopped
}

function limitsOf(requests: number) {
  return { metrics: requests, parameters: requests, other: requests, retryAfter: true }
}

function faultOf(text: string) {
  const [method = '', path = '', what = ''] = text.split(':')
  if (method === '' || path === '') throw new RangeError('--fail takes METHOD:PATH:STATUS')
  const on = [method, path] as const
  if (what === 'cut-before' || what === 'cut-after') {
    return { on, effect: { cut: what === 'cut-after' ? 'after' : 'before' } } as const
  }
  return { on, effect: { status: wholeNumber('--fail', what) } } as const
}

runFakeCommand('airq-fake-comet', main)
