import { isLoopback, systemClock, type Clock } from '@airq/http'

import { FeatureStoreError } from '../errors.ts'
import type { HopsworksProgress, HopsworksStoreOptions } from './types.ts'

const VENDOR_DOMAIN = 'hopsworks.ai'

/** Options with their defaults, checked. */
export interface Settings {
  /** Scheme, host and port. */
  readonly origin: string
  readonly project: string
  readonly apiKey: () => Promise<string>
  readonly read: 'auto' | 'online' | 'export'
  readonly onlineHost: string | undefined
  readonly onlinePort: number
  readonly staged: boolean
  readonly pollIntervalMs: number
  readonly jobTimeoutMs: number
  readonly timeTravelFormat: 'HUDI' | 'DELTA' | 'NONE' | undefined
  readonly groupType: 'cachedFeaturegroupDTO' | 'streamFeatureGroupDTO'
  readonly textLengths: Readonly<Record<string, number>>
  readonly uploadChunkBytes: number
  readonly trustedHosts: readonly string[]
  readonly clock: Clock
  readonly progress: (event: HopsworksProgress) => void
}

/** @throws FeatureStoreError `bad-config` */
export function settingsOf(options: HopsworksStoreOptions): Settings {
  const { project, apiKey, onProgress } = options
  if (!/^[A-Za-z0-9_]{1,88}$/.test(project)) {
    throw badConfig(
      `"${project}" is not the name of a Hopsworks project.`,
      'Give its name, not its number or URL.',
    )
  }
  const settings: Settings = {
    origin: originOf(options),
    project,
    apiKey: typeof apiKey === 'string' ? () => Promise.resolve(apiKey) : apiKey,
    read: options.read ?? 'auto',
    onlineHost: options.onlineHost,
    onlinePort: options.onlinePort ?? 4406,
    staged: options.writes === 'staged',
    pollIntervalMs: options.pollIntervalMs ?? 5000,
    jobTimeoutMs: options.jobTimeoutMs ?? 20 * 60_000,
    timeTravelFormat: options.timeTravelFormat,
    groupType: options.groupType === 'stream' ? 'streamFeatureGroupDTO' : 'cachedFeaturegroupDTO',
    textLengths: options.textLengths ?? {},
    uploadChunkBytes: options.uploadChunkBytes ?? 4 * 1024 * 1024,
    trustedHosts: options.trustedHosts ?? [],
    clock: options.clock ?? systemClock,
    progress: onProgress ?? (() => undefined),
  }
  for (const name of ['pollIntervalMs', 'jobTimeoutMs', 'uploadChunkBytes', 'onlinePort'] as const) {
    if (!(settings[name] >= 1)) throw badConfig(`${name} is ${String(settings[name])}.`, 'Give 1 or more.')
  }
  return settings
}

/** The hosts the key goes to as the vendor's own: this one, if it is below hopsworks.ai. */
export function vendorHosts(url: string): string[] {
  const { hostname } = new URL(url)
  return hostname === VENDOR_DOMAIN || hostname.endsWith(`.${VENDOR_DOMAIN}`) ? [hostname] : []
}

function originOf({ host, port, baseUrl }: HopsworksStoreOptions): string {
  if ((host === undefined) === (baseUrl === undefined)) {
    throw badConfig(
      'The address of Hopsworks is missing, or is given twice.',
      'Give either host (and port) or baseUrl.',
    )
  }
  const text = baseUrl ?? `https://${host ?? ''}:${String(port ?? 443)}`
  const url = URL.parse(text)
  const fine = url !== null && ['', '/'].includes(url.pathname) && url.search === '' && url.username === ''
  if (!fine || (host !== undefined && url.hostname !== host.toLowerCase())) {
    throw badConfig(
      `"${host ?? 'baseUrl'}" is no address of Hopsworks.`,
      'Give it like eu-west.cloud.hopsworks.ai.',
    )
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw badConfig(
      `Hopsworks is not asked over ${url.protocol}//.`,
      'Use https; plain http is for loopback only.',
    )
  }
  return url.origin
}

export function badConfig(message: string, hint: string): FeatureStoreError {
  return new FeatureStoreError('bad-config', message, { fault: 'input', hint, where: 'hopsworks' })
}
