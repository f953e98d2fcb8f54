import { join } from 'node:path'
import type { FeatureStore } from '@airq/feature-store'
import type { HopsworksStore } from '@airq/feature-store/hopsworks'
import type { CommandIo } from '../command/command-io.ts'
import type { Config } from '../config/schema.ts'
import { PipelineError, UserError } from '../errors.ts'
import type { Logger, OpenStoreOptions } from '../types.ts'
import { baseUrlOf, tellHost } from './base-urls.ts'
import { CollectingStore } from './collecting-store.ts'
import { logHopsworks } from './remote-progress.ts'
import type { Givens } from './secrets.ts'
import { ensureStateDirectory, exists } from './state-directory.ts'

/** What opening a remote or embedded part of a run takes. */
export interface Opening {
  readonly config: Config
  /** Absolute. */
  readonly stateDir: string
  readonly io: CommandIo
  readonly givens: Givens
  readonly logger: Logger
  readonly signal: AbortSignal
  readonly warn: (code: string, message: string) => void
}

/** A store, and how what it has collected is written: at once where it collects nothing. */
export interface OpenedStore {
  readonly store: FeatureStore
  readonly flush: (signal: AbortSignal) => Promise<void>
}

export async function openStore(opening: Opening, options: OpenStoreOptions): Promise<OpenedStore> {
  const { featureStore } = opening.config
  if (featureStore.kind === 'sqlite') {
    return { store: await openEmbedded(opening, options), flush: () => Promise.resolve() }
  }
  const store = new CollectingStore(await openHopsworks(opening, featureStore, options), opening.logger)
  return { store, flush: (signal) => store.flush({ signal }) }
}

async function openEmbedded(
  { stateDir, io }: Opening,
  { readOnly = false, existing = readOnly }: OpenStoreOptions,
): Promise<FeatureStore> {
  const path = join(stateDir, 'feature-store.sqlite')
  if (existing) await demandStore(path)
  else await ensureStateDirectory(stateDir)
  const { openSqliteStore } = await import('@airq/feature-store/sqlite')
  return openSqliteStore({ path, clock: io.clock, readOnly })
}

async function openHopsworks(
  { config, io, givens, logger, signal }: Opening,
  configured: Extract<Config['featureStore'], { kind: 'hopsworks' }>,
  { keyDomains = {}, textLengths = {} }: OpenStoreOptions,
): Promise<HopsworksStore> {
  const { kind: _kind, host, port, baseUrl, project, ...rest } = configured
  const address = addressOf(baseUrlOf('HOPSWORKS_BASE_URL', baseUrl, io), io.env['HOPSWORKS_HOST'], {
    host,
    port,
  })
  tellHost(logger, 'Hopsworks', address.baseUrl)
  const projectName = await givens.name('fs-project-name', project)
  const apiKey = await givens.secret('fs-api-key')
  const { openHopsworksStore } = await import('@airq/feature-store/hopsworks')
  return openHopsworksStore(
    {
      ...address,
      ...rest,
      project: projectName,
      apiKey,
      writes: 'staged',
      keyDomains,
      textLengths,
      trustedHosts: config.trustedHosts,
      onProgress: logHopsworks(logger),
    },
    { signal },
  )
}

interface Address {
  readonly baseUrl?: string
  readonly host?: string
  readonly port?: number
}

/** A base URL stands for host and port. @throws UserError `no-address` */
function addressOf(
  baseUrl: string | undefined,
  hostVariable: string | undefined,
  { host, port }: { readonly host: string | undefined; readonly port: number | undefined },
): Address {
  if (baseUrl !== undefined) return { baseUrl }
  const given = hostVariable?.trim() ?? ''
  const named = given === '' ? host : given
  if (named !== undefined) return { host: named, ...(port === undefined ? {} : { port }) }
  throw new UserError('no-address', 'the host of Hopsworks is needed', {
    hint: 'Write featureStore.host into the configuration, as the address bar of the project shows it, or set HOPSWORKS_HOST.',
  })
}

async function demandStore(path: string): Promise<void> {
  if (await exists(path)) return
  throw new PipelineError('no-store', 'nothing has been imported yet', {
    hint: 'Run batch-feature-pipeline first, with the same --state.',
    where: path,
  })
}
