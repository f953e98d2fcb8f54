#!/usr/bin/env node
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'

import { oneOf, runFakeCommand, untilStopped, wholeNumber } from '@airq/http/testing'

import { type AzureFault, executeLocally, startFakeAzure } from '../azure/index.ts'

const HELP = `Usage: airq-fake-azure [options]

Starts a fake of Azure on loopback: the resource manager of Azure ML, Entra,
GitHub's identity tokens, a Key Vault, and the managed identity of jobs. Prints
where they are, and the environment of a submitter, as one line of JSON. It
keeps everything in memory. Stops on SIGINT or SIGTERM.

Options:
  --port <n>              where the resource manager listens (default: one that
                          is free)
  --ca-file <path>        writes the certificate of Entra there, for
                          NODE_EXTRA_CA_CERTS
  --execute               runs jobs as processes of this machine, with the
                          variables of this command
  --vault <name=value>    a secret of the Key Vault; invented, no secret of
                          anything real; may be given several times
  --outcome <status>      without --execute: Completed, Failed or Hangs
                          (default: Completed)
  --role <role>           contributor or reader (default: contributor)
  --client-secret <text>  taken beside GitHub's tokens; invented
  --token-seconds <n>     how long access tokens are good (default: 3600)
  --per-second <n>        requests a second; what is beyond is answered 429
                          (default: no limit)
  --fail <fault>          METHOD:PATH:EFFECT, e.g. PUT:jobs/:503, for the first
                          such request; the effect is a status, cut-before,
                          cut-after or silent; paths of Entra and GitHub begin
                          with /entra and /github; may be given several times
  --help                  show this and stop

Examples:
  $ airq-fake-azure --execute
  $ airq-fake-azure --vault fs-api-key=invented --outcome Failed

Exit codes:
  0 stopped by a signal, 2 wrong input

Secrets:
  none: what it takes for right is invented, and told in the line it prints

More: docs/jobs.md
`

const options = {
  port: { type: 'string', default: '0' },
  'ca-file': { type: 'string' },
  execute: { type: 'boolean', default: false },
  vault: { type: 'string', multiple: true },
  outcome: { type: 'string', default: 'Completed' },
  role: { type: 'string', default: 'contributor' },
  'client-secret': { type: 'string' },
  'token-seconds': { type: 'string', default: '3600' },
  'per-second': { type: 'string' },
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
  const perSecond = values['per-second']
  const vault = vaultOf(values.vault ?? [])
  const faults = (values.fail ?? []).map(faultOf)
  await using fake = await startFakeAzure({
    port: wholeNumber('--port', values.port),
    role: oneOf('--role', values.role, ['contributor', 'reader']),
    outcome: oneOf('--outcome', values.outcome, ['Completed', 'Failed', 'Hangs']),
    clientSecret: values['client-secret'] ?? null,
    tokenSeconds: wholeNumber('--token-seconds', values['token-seconds']),
    perSecond: perSecond === undefined ? null : wholeNumber('--per-second', perSecond),
    vault,
  })
  if (values.execute) fake.set({ execute: executeLocally({ env: { ...ownEnv(), ...fake.jobEnv } }) })
  for (const fault of faults) fake.fail(fault)
  const caFile = values['ca-file']
  if (caFile !== undefined) await writeFile(caFile, fake.ca)
  process.stdout.write(
    `${JSON.stringify({ baseUrl: fake.baseUrl, vaultUrl: fake.vaultUrl, env: fake.env })}\n`,
  )
  await stopped
}

function ownEnv(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, value ?? '']))
}

function vaultOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name = '', ...value] = pair.split('=')
      if (name === '' || value.length === 0) throw new RangeError('--vault takes NAME=VALUE')
      return [name, value.join('=')]
    }),
  )
}

function faultOf(text: string): AzureFault {
  const [, method, path, effect = ''] = /^([A-Z]+):(.+):([^:]+)$/.exec(text) ?? []
  if (method === undefined || path === undefined) throw new RangeError('--fail takes METHOD:PATH:EFFECT')
  const on = [method, path] as const
  if (/^\d{3}$/.test(effect)) return { on, effect: { status: Number(effect) } }
  const known = oneOf('--fail', effect, ['cut-before', 'cut-after', 'silent'])
  if (known === 'silent') return { on, effect: { silent: true } }
  return { on, effect: { cut: known === 'cut-before' ? 'before' : 'after' } }
}

runFakeCommand('airq-fake-azure', main)
