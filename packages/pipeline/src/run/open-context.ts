import { resolve } from 'node:path'
import type { CommandIo } from '../command/command-io.ts'
import type { RunRequest } from '../command/parse-arguments.ts'
import type { CommandDefinition } from '../command/define-command.ts'
import type { OptionName, StageOptions } from '../command/options.ts'
import { CONFIG_VARIABLE, readConfigText } from '../config/config-text.ts'
import { parseConfig } from '../config/load-config.ts'
import type { Config } from '../config/schema.ts'
import type { StartProgress } from '../terminal/progress.ts'
import { terminalOf } from '../terminal/terminal.ts'
import type { Clock, Logger, OpenStoreOptions, RunContext } from '../types.ts'
import { baseUrlOf } from './base-urls.ts'
import { chosenStations } from './chosen-stations.ts'
import { findGitCommit } from './git-commit.ts'
import { parseInstant } from './instant.ts'
import { KeyVault } from './key-vault.ts'
import { takeLease } from './leases.ts'
import { openRegistry } from './open-registry.ts'
import { type OpenedStore, openStore } from './open-store.ts'
import type { Redactor } from './redactor.ts'
import { Givens, redactLiterals } from './secrets.ts'

export interface RunIdentity {
  readonly runId: string
  /** `training`, as in the summary. */
  readonly pipeline: string
  readonly logger: Logger
  readonly progress: StartProgress
  readonly signal: AbortSignal
  readonly warn: (code: string, message: string) => void
  readonly redactor: Redactor
  readonly vaultCredential?: CommandDefinition<readonly OptionName[]>['vaultCredential']
  /** Called with everything that must be closed when the run ends. */
  readonly keep: (resource: Closable) => void
}

export interface Closable {
  close(): Promise<void>
}

export interface OpenedContext {
  readonly context: RunContext
  /** A store beside those of the stage: what it collects is written by itself. */
  readonly openStoreApart: (how: OpenStoreOptions) => Promise<OpenedStore>
}

/**
 * Reads the configuration and makes what a stage works with.
 * @throws UserError `bad-now`, `bad-config`, `unknown-station`
 */
export async function openContext(
  request: RunRequest,
  run: RunIdentity,
  io: CommandIo,
): Promise<OpenedContext> {
  const { configPath, common, options } = request
  const { runId, pipeline, logger, signal, warn, redactor } = run
  // Before anything can fail: what stands on the command line is not repeated.
  redactLiterals(options, redactor)
  const clock = common.now === undefined ? io.clock : fixedClock(parseInstant(common.now))
  const { text, from, sha256 } = await readConfigText(configPath, io.env)
  if (from === 'variable') logger.info(`the configuration is that of ${CONFIG_VARIABLE}`, { sha256 })
  const whole = parseConfig(text, configPath)
  const { jobs, trustedHosts } = whole
  const configured = jobs.kind === 'azure-ml' ? jobs.keyVaultUrl : undefined
  const credential = run.vaultCredential
  const vault = new KeyVault({ env: io.env, configured, trustedHosts, credential, logger, signal })
  const givens = new Givens({ options, configPath, io, redactor, vault, warn })
  const config = { ...whole, stations: chosenStations(whole.stations, options) }
  if (config.stations.length === 0) {
    warn('empty-shard', 'this part holds no station: there are more parts than stations')
  }
  for (const message of unusedOptions(options, config)) warn('unused-option', message)
  const stateDir = resolve(common.state)
  const opening = { config, stateDir, io, givens, logger, signal, warn }
  const stores: OpenedStore[] = []
  const opened = async (how: OpenStoreOptions): Promise<OpenedStore> => {
    const store = await openStore(opening, how)
    run.keep(store.store)
    return store
  }
  const context: RunContext = {
    config,
    configText: text,
    allStations: whole.stations,
    configPath,
    stateDir,
    clock,
    systemClock: io.clock,
    logger,
    progress: run.progress,
    terminal: terminalOf(io.stdout, io.env),
    warn,
    signal,
    runId,
    openStore: async (how = {}) => {
      const store = await opened(how)
      stores.push(store)
      return store.store
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
    env: io.env,
    secret: (name) => givens.secret(name),
    optionalSecret: (name) => givens.optionalSecret(name),
    secretGivenAs: (name) => givens.givenAs(name),
    nameIfGiven: (name) => givens.nameIfGiven(name),
    baseUrl: (variable, configured) => baseUrlOf(variable, configured, io),
    gitCommit: () => findGitCommit(io),
  }
  return { context, openStoreApart: opened }
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
