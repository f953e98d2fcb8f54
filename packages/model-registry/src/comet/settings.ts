import { isLoopback, systemClock, type Clock, type HttpClient } from '@airq/http'

import { ModelRegistryError } from '../errors.ts'

const vendorHost = 'www.comet.com'
const vendorDomain = 'comet.com'

export interface CometRegistryOptions {
  readonly workspace: string
  /** Where the runs of trainings are kept; it is made by the first. */
  readonly project: string
  /** The key, or what gives it at each request. */
  readonly apiKey: string | (() => Promise<string>)
  /** Default `https://www.comet.com`. The form of `COMET_URL_OVERRIDE`, ending in `/clientlib/`, will do. */
  readonly baseUrl?: string
  /** Hosts beside comet.com and loopback that the key may be sent to, over https: `host` or `host:port`. */
  readonly trustedHosts?: readonly string[]
  /** Who promotes and retires, where a call does not say. */
  readonly by?: string
  /** What was written is shown after a while: between two looks, ms. Default 1,000. */
  readonly pollIntervalMs?: number
  /** How long it is waited for, ms. Default 2 minutes. */
  readonly visibleWithinMs?: number
  /** Default: a client of its own. */
  readonly http?: HttpClient
  readonly clock?: Clock
  readonly onProgress?: (event: CometProgress) => void
}

/** What goes on, for a log. */
export interface CometProgress {
  readonly step: 'experiment' | 'upload' | 'waiting' | 'register' | 'stage' | 'conflict'
  readonly message: string
}

/** Options with their defaults, checked. */
export interface Settings {
  readonly workspace: string
  readonly project: string
  readonly apiKey: () => Promise<string>
  /** Without a slash at its end. */
  readonly baseUrl: string
  readonly vendorHosts: readonly string[]
  readonly trustedHosts: readonly string[]
  readonly by: string | undefined
  readonly pollIntervalMs: number
  readonly visibleWithinMs: number
  readonly clock: Clock
  readonly progress: (event: CometProgress) => void
}

/** @throws ModelRegistryError `bad-arguments` */
export function settingsOf(options: CometRegistryOptions): Settings {
  const { workspace, project, apiKey, pollIntervalMs = 1000, visibleWithinMs = 120_000 } = options
  for (const [what, value] of Object.entries({ workspace, project })) {
    if (value.trim() === '' || value.length > 100 || value.includes('/')) {
      throw badOption(`The ${what} cannot be used.`, 'Give its name, as the address of its page shows it.')
    }
  }
  for (const [what, value] of Object.entries({ pollIntervalMs, visibleWithinMs })) {
    if (!(value >= 1)) throw badOption(`${what} is ${String(value)}.`, 'Give milliseconds, 1 or more.')
  }
  const baseUrl = baseUrlOf(options.baseUrl ?? `https://${vendorHost}`)
  const { hostname } = new URL(baseUrl)
  const isVendors = hostname === vendorDomain || hostname.endsWith(`.${vendorDomain}`)
  return {
    workspace,
    project,
    apiKey: typeof apiKey === 'string' ? () => Promise.resolve(apiKey) : apiKey,
    baseUrl,
    vendorHosts: isVendors ? [hostname] : [],
    trustedHosts: options.trustedHosts ?? [],
    by: options.by,
    pollIntervalMs,
    visibleWithinMs,
    clock: options.clock ?? systemClock,
    progress: options.onProgress ?? (() => undefined),
  }
}

/** A URL with a password in it is not shown. */
function baseUrlOf(text: string): string {
  const url = URL.parse(text)
  if (url === null || url.search !== '' || url.hash !== '') {
    throw badOption('The baseUrl is no address of Comet.', 'Give it like https://www.comet.com.')
  }
  if (url.username !== '' || url.password !== '') {
    throw badOption('The baseUrl holds a user name or password.', 'Give the API key as apiKey.')
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw badOption(
      `Comet is not asked over ${url.protocol}//.`,
      'Use https; plain http is for loopback only.',
    )
  }
  return url.href.replace(/\/+$/, '').replace(/\/clientlib$/, '')
}

export function badOption(message: string, hint: string): ModelRegistryError {
  return new ModelRegistryError('bad-arguments', message, { fault: 'input', hint, where: 'comet' })
}
