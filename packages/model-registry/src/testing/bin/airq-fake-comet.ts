#!/usr/bin/env node
import { parseArgs } from 'node:util'

import { startFakeComet, type ZipState } from '../comet/index.ts'

const HELP = `Usage: airq-fake-comet [options]

Starts a fake Comet on loopback and prints where it is as one line of JSON. It keeps everything in memory.
Stops on SIGINT or SIGTERM.

Options:
  --port <n>            where it listens (default: one that is free)
  --workspace <name>    the one workspace (default: airq)
  --api-key <key>       what it takes for right (default: fake-comet-key)
  --hidden-reads <n>    reads that do not show a write yet (default: 1)
  --bad-key-status <n>  401 or 403 (default: 401)
  --duplicates <what>   refused or accepted: a second version of a number (default: refused)
  --zip <state>         whole, truncated, repacked, escaping, absolute, link, many-entries, bomb or no-zip
  --requests <n>        of each kind a minute; the rest is 429 (default: as the service documents)
  --key-lasts <n>       the key is good for so many requests
  --fail <fault>        METHOD:PATH:STATUS, e.g. POST:upload-asset:500, for the first such request;
                        STATUS may be cut-before or cut-after; may be given several times
  --help                show this and stop
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

/** Runs until a signal. Gives the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...argv], options })
  if (values.help) {
    process.stdout.write(HELP)
    return 0
  }
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        resolve()
      })
    }
  })
  const { requests, workspace } = values
  const apiKey = values['api-key']
  await using fake = await startFakeComet({
    port: whole('--port', values.port),
    workspace,
    apiKey,
    hiddenReads: whole('--hidden-reads', values['hidden-reads']),
    badKeyStatus: oneOf('--bad-key-status', values['bad-key-status'], ['401', '403']) === '401' ? 401 : 403,
    duplicates: oneOf('--duplicates', values.duplicates, ['refused', 'accepted']),
    zip: oneOf('--zip', values.zip, zipStates),
    ...(requests !== undefined && { limits: limitsOf(whole('--requests', requests)) }),
  })
  const lasts = values['key-lasts']
  if (lasts !== undefined) fake.expireKeyAfter(whole('--key-lasts', lasts))
  for (const text of values.fail ?? []) fake.fail(faultOf(text))
  process.stdout.write(`${JSON.stringify({ baseUrl: fake.baseUrl, workspace, apiKey })}\n`)
  await stopped
  return 0
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
  return { on, effect: { status: whole('--fail', what) } } as const
}

function oneOf<T extends string>(flag: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === text)
  if (found === undefined) throw new RangeError(`${flag} takes ${allowed.join(', ')}`)
  return found
}

function whole(flag: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new RangeError(`${flag} takes a whole number`)
  return Number(text)
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    process.stderr.write(`airq-fake-comet: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 2
  },
)
