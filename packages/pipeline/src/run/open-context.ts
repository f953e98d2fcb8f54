import { resolve } from 'node:path'
import type { CommandIo } from '../command/command-io.ts'
import type { RunRequest } from '../command/parse-arguments.ts'
import type { StageOptions } from '../command/options.ts'
import { loadConfig } from '../config/load-config.ts'
import type { Config } from '../config/schema.ts'
import type { Clock, Logger, RunContext } from '../types.ts'
import { baseUrlOf } from './base-urls.ts'
import { chosenStations } from './chosen-stations.ts'
import { findGitCommit } from './git-commit.ts'
import { parseInstant } from './instant.ts'
import { takeLease } from './leases.ts'
import { openRegistry } from './open-registry.ts'
import { type OpenedStore, openStore } from './open-store.ts'
import type { Redactor } from './redactor.ts'
import { Givens } from './secrets.ts'

export interface RunIdentity {
  readonly runId: string
  /** `training`, as in the summary. */
  readonly pipeline: string
  readonly logger: Logger
  readonly signal: AbortSignal
  readonly warn: (code: string, message: string) => void
  readonly redactor: Redactor
  /** Called with everything that must be closed when the run ends. */
  readonly keep: (resource: Closable) => void
}

export interface Closable {
  close(): Promise<void>
}

/**
 * Reads the configuration and makes what a stage works with.
 * @throws UserError `bad-now`, `bad-config`, `unknown-station`
 */
export async function openContext(request: RunRequest, run: RunIdentity, io: CommandIo): Promise<RunContext> {
  const { configPath, common, options } = request
  const { runId, pipeline, logger, signal, warn, redactor } = run
  const givens = new Givens({ options, configPath, io, redactor, warn })
  const clock = common.now === undefined ? io.clock : fixedClock(parseInstant(common.now))
  const whole = await loadConfig(configPath)
  const config = { ...whole, stations: chosenStations(whole.stations, options) }
  if (config.stations.length === 0) {
    warn('empty-shard', 'this part holds no station: there are more parts than stations')
  }
  for (const message of unusedOptions(options, config)) warn('unused-option', message)
  const stateDir = resolve(common.state)
  const opening = { config, stateDir, io, givens, logger, signal, warn }
  const stores: OpenedStore[] = []
  return {
    config,
    allStations: whole.stations,
    configPath,
    stateDir,
    clock,
    systemClock: io.clock,
    logger,
    warn,
    signal,
    runId,
    openStore: async (how = {}) => {
      const opened = await openStore(opening, how)
      stores.push(opened)
      return kept(opened.store, run)
    },
    flush: async () => {
      for (const { flush } of stores) await flush(signal)
    },
    openRegistry: async (how = {}) => kept(await openRegistry(opening, `${pipeline} pipeline`, how), run),
    lease: async (store, station) => {
      const taker = { pipeline, runId, stateDir, now: () => io.clock.now(), signal }
      const answer = await takeLease(store, station, taker)
      if ('lease' in answer) {
        const { lease } = answer
        run.keep({ close: async () => lease[Symbol.asyncDispose]() })
        return lease
      }
      warn(
        'lease-held',
        `${station}: left out, ${answer.heldBy} is at it; its lease ends an hour after that at the latest`,
      )
      return null
    },
    secret: (name) => givens.secret(name),
    baseUrl: (variable, configured) => baseUrlOf(variable, configured, io),
    gitCommit: () => findGitCommit(io),
  }
}

/** Somebody who gives a key for Hopsworks believes that the run goes there. */
function unusedOptions(options: StageOptions, { featureStore, modelRegistry }: Config): string[] {
  const { fsApiKey, fsApiKeyFile, fsProjectName } = options
  const { cometApiKey, cometApiKeyFile, cometProjectName, cometWorkspace } = options
  const isGiven = (values: readonly (string | undefined)[]) => values.some((value) => value !== undefined)
  return [
    ...(featureStore.kind === 'sqlite' && isGiven([fsApiKey, fsApiKeyFile, fsProjectName])
      ? ['options of Hopsworks (--fs-…) are not used: featureStore.kind is sqlite']
      : []),
    ...(modelRegistry.kind !== 'comet' &&
    isGiven([cometApiKey, cometApiKeyFile, cometProjectName, cometWorkspace])
      ? [`options of Comet (--comet-…) are not used: modelRegistry.kind is ${modelRegistry.kind}`]
      : []),
  ]
}

function kept<Resource extends Closable>(resource: Resource, { keep }: RunIdentity): Resource {
  keep(resource)
  return resource
}

function fixedClock(instant: number): Clock {
  return { now: () => instant }
}
