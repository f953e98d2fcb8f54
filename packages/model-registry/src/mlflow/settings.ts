import { systemClock, type Clock, type HttpClient } from '@airq/http'

import { ModelRegistryError } from '../errors.ts'

export interface MlflowRegistryOptions {
  /** Of the tracking server, with the path it is mounted under: `https://mlflow.example/tracking`. */
  readonly baseUrl: string
  /** A bearer token, or what gives it at each request: asked once more where the server refuses the last. */
  readonly token?: string | (() => Promise<string>)
  /** With `password`: basic authentication. Either this or `token`; default: none. */
  readonly username?: string
  readonly password?: string
  /** Where runs are kept. Default: the name of the model. */
  readonly experiment?: string
  /** Who promotes and retires, where a call does not say. */
  readonly by?: string
  /** Hosts beside loopback that token or password may be sent to, over https: `host` or `host:port`. */
  readonly trustedHosts?: readonly string[]
  /** How long a new version may take to get ready, ms. Default 60,000. */
  readonly readyTimeoutMs?: number
  /** Default: a client of its own. One handed in has trusted hosts of its own. */
  readonly http?: HttpClient
  readonly clock?: Clock
}

/** A secret as it goes into the header, and what must not be told. */
export interface Credential {
  readonly prefix: 'Bearer ' | 'Basic '
  readonly value: string
  readonly hidden: readonly string[]
}

/** Options with their defaults, checked. */
export interface Settings {
  /** Without a slash at its end. */
  readonly baseUrl: string
  readonly credential: () => Promise<Credential | null>
  /** Whether to ask for the credential again may give another. */
  readonly renewable: boolean
  readonly experiment: string | undefined
  readonly by: string | undefined
  readonly trustedHosts: readonly string[]
  readonly readyTimeoutMs: number
  readonly clock: Clock
}

/** @throws ModelRegistryError `bad-arguments` */
export function settingsOf(options: MlflowRegistryOptions): Settings {
  const { readyTimeoutMs = 60_000, experiment } = options
  if (!(readyTimeoutMs >= 0)) {
    throw badOption(`readyTimeoutMs is ${String(readyTimeoutMs)}.`, 'Give milliseconds, 0 or more.')
  }
  if (experiment !== undefined && (experiment.trim() === '' || experiment.length > 500)) {
    throw badOption('The experiment cannot be used.', 'Give 1 to 500 characters.')
  }
  return {
    baseUrl: baseUrlOf(options.baseUrl),
    credential: credentialOf(options),
    renewable: typeof options.token === 'function',
    experiment,
    by: options.by,
    trustedHosts: options.trustedHosts ?? [],
    readyTimeoutMs,
    clock: options.clock ?? systemClock,
  }
}

/** A URL with a password in it is not shown. */
function baseUrlOf(text: string): string {
  const url = URL.parse(text)
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.search !== '' || url.hash !== '') {
    throw badOption('The baseUrl is no address of an MLflow server.', 'Give it like https://mlflow.example.')
  }
  if (url.username !== '' || url.password !== '') {
    throw badOption('The baseUrl holds a user name or password.', 'Give them as username and password.')
  }
  return url.href.replace(/\/+$/, '')
}

function credentialOf({ token, username, password }: MlflowRegistryOptions): Settings['credential'] {
  const basic = username !== undefined || password !== undefined
  if (token !== undefined && basic) {
    throw badOption('There are a token and a password.', 'Give either token, or username and password.')
  }
  if (token !== undefined) {
    const ask = typeof token === 'string' ? () => Promise.resolve(token) : token
    return async () => {
      const value = (await ask()).trim()
      return { prefix: 'Bearer ', value, hidden: [value] }
    }
  }
  if (!basic) return () => Promise.resolve(null)
  if (username === undefined || password === undefined || username.includes(':')) {
    throw badOption('Basic authentication needs a user name without colon, and a password.', 'Give both.')
  }
  const value = Buffer.from(`${username}:${password}`).toString('base64')
  return () => Promise.resolve({ prefix: 'Basic ', value, hidden: [value, password] })
}

function badOption(message: string, hint: string): ModelRegistryError {
  return new ModelRegistryError('bad-arguments', message, { fault: 'input', hint, where: 'mlflow' })
}
