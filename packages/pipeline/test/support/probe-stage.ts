import { setTimeout as sleep } from 'node:timers/promises'
import { PipelineError, UserError } from '@airq/pipeline'
import type { RunContext, Stage, StageOptions, StageResult } from '@airq/pipeline'

type Probe = (context: RunContext, options: StageOptions) => StageResult | Promise<StageResult>

const done: StageResult = { summary: { forecasts: [] }, text: 'all forecasts made' }

const PROBES: Readonly<Record<string, Probe>> = {
  done: () => done,
  options: (context, options) => ({
    summary: {
      forecasts: [],
      options,
      stations: context.config.stations.map(({ id }) => id),
      now: context.clock.now(),
      commit: context.gitCommit(),
    },
    text: context.stateDir,
  }),
  degraded: (context) => {
    context.warn('no-model', 'there is no model yet')
    context.logger.info('made by persistence', { station: 'beijing' })
    context.logger.debug('only with --log-level debug')
    return { ...done, degraded: true }
  },
  'run-error': () => {
    throw new PipelineError('no-usable-rows', 'nothing can be used', {
      hint: 'Import more.',
      where: 'a.csv:3',
      details: { rows: 0 },
    })
  },
  'input-error': () => {
    throw new UserError('unknown-station', 'there is no station "x"')
  },
  defect: () => {
    throw new TypeError('x is not a function')
  },
  'not-an-error': () => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- libraries do
    throw null
  },
  secret: async (context) => {
    const token = await context.secret('aqi-token')
    context.logger.info(`asking with ${token}`, {
      url: `https://api.example/?token=${encodeURIComponent(token)}`,
    })
    context.warn('slow', `the answer to ${token} took long`)
    return { ...done, text: `asked with a token of ${String(token.length)} characters: ${token}` }
  },
  'secret-error': async (context) => {
    throw new PipelineError('auth', `the token ${await context.secret('aqi-token')} is not known`)
  },
  unserialisable: () => ({ ...done, summary: { forecasts: [1n] } }),
  'uncaught-later': async () => {
    setTimeout(() => {
      throw new Error('thrown in a timer')
    }, 5)
    await sleep(60_000)
    return done
  },
  'unhandled-rejection': async () => {
    void Promise.reject(new Error('nobody awaited me'))
    await sleep(60_000)
    return done
  },
  patient: async ({ logger, signal }) => {
    logger.info('ready')
    await sleep(60_000, undefined, { signal })
    return done
  },
  deaf: async ({ logger }) => {
    logger.info('ready')
    await sleep(60_000)
    return done
  },
  store: async ({ openStore, openRegistry }) => {
    const store = await openStore()
    const registry = await openRegistry()
    return { summary: { forecasts: [] }, text: `${store.kind} ${registry.kind}` }
  },
  'read-only-store': async ({ openStore }) => {
    await openStore({ readOnly: true })
    return done
  },
  flood: () => ({ ...done, text: 'many words\n'.repeat(200_000) }),
  control: (context) => {
    context.warn('odd', 'a file said \u001b[31mred')
    return done
  },
}

export const runProbe: Stage<StageOptions> = async (context, options) => {
  const probe = PROBES[process.env['PROBE'] ?? 'done']
  if (probe === undefined) throw new Error('no such probe')
  return await probe(context, options)
}
