import { type Clock, jitteredBackoff, systemClock } from '@airq/http'
import type { AzureMachineLearningWorkspaces } from '@azure/arm-machinelearning'
import type { TokenCredential } from '@azure/identity'

import { JobRunnerError } from '../errors.ts'
import type { CallOptions } from '../types.ts'
import type { AzureContext } from './context.ts'
import { boundTo, type Endpoint } from './endpoint.ts'
import { failureOf, isRestError } from './failures.ts'

export interface ConnectionSettings {
  readonly context: AzureContext
  readonly endpoint: Endpoint
  /** Made anew where a token was refused. */
  readonly credential: () => Promise<TokenCredential>
  readonly clock: Clock | undefined
  readonly random: () => number
  /** Of the SDK's first retry, ms. */
  readonly retryDelayMs: number
  readonly ca: string | undefined
}

type Sdk = AzureMachineLearningWorkspaces
type SdkCall<T> = (client: Sdk, options: { readonly abortSignal: AbortSignal }) => Promise<T>

export interface Connection {
  /** What addresses begin with that the SDK is given: https always, changed on the way. */
  readonly origin: string
  /**
   * Calls the SDK, which retries by itself what it should; and once more with a new token where one was refused, and
   * where it was told to slow down without being told how long, which the SDK takes for final.
   * @param asked what for, e.g. `submit job x`
   * @throws JobRunnerError; what `expected` lets through comes as the SDK's own error
   */
  call<T>(
    asked: string,
    run: SdkCall<T>,
    options?: CallOptions & { readonly expected?: readonly number[]; readonly timeoutMs?: number },
  ): Promise<T>
}

const TIMEOUT_MS = 120_000
const SLOWED_TRIES = 5
const SLOWED = { baseMs: 2_000, capMs: 30_000 }

export function connect(settings: ConnectionSettings): Connection {
  const { clock = systemClock, random } = settings
  let client: Promise<Sdk> | undefined
  const current = (): Promise<Sdk> => {
    client ??= open(settings)
    // Where it can't be opened, the next call tries again.
    client.catch(() => (client = undefined))
    return client
  }
  return {
    origin: settings.endpoint.sdkOrigin,
    async call(asked, run, { signal, expected = [], timeoutMs = TIMEOUT_MS } = {}) {
      let renewed = false
      for (let slowed = 1; ;) {
        const deadline = AbortSignal.timeout(timeoutMs)
        const abortSignal = signal === undefined ? deadline : AbortSignal.any([signal, deadline])
        try {
          abortSignal.throwIfAborted()
          return await run(await current(), { abortSignal })
        } catch (error) {
          const status = isRestError(error) ? error.statusCode : undefined
          if (signal?.aborted === true) throw abortedCall(asked)
          if (deadline.aborted) throw noAnswer(asked, timeoutMs)
          if (status !== undefined && expected.includes(status)) throw error
          if (status === 401 && !renewed) {
            renewed = true
            client = undefined
          } else if (isSlowedWithoutDelay(error) && slowed < SLOWED_TRIES) {
            await pause(clock, slowed, random, abortSignal, asked)
            slowed += 1
          } else throw failureOf(error, asked)
        }
      }
    },
  }
}

async function open({ context, endpoint, credential, retryDelayMs, ca }: ConnectionSettings): Promise<Sdk> {
  const [{ AzureMachineLearningWorkspaces }, { createDefaultHttpClient }, token] = await Promise.all([
    import('@azure/arm-machinelearning'),
    import('@azure/core-rest-pipeline'),
    credential(),
  ])
  return new AzureMachineLearningWorkspaces(token, context.subscriptionId, {
    endpoint: endpoint.sdkOrigin,
    credentialScopes: endpoint.scope,
    httpClient: boundTo(endpoint, createDefaultHttpClient()),
    retryOptions: { maxRetries: 3, retryDelayInMs: retryDelayMs },
    ...(ca === undefined ? {} : { tlsOptions: { ca } }),
  })
}

function isSlowedWithoutDelay(error: unknown): boolean {
  if (!isRestError(error) || error.statusCode !== 429) return false
  const delays = ['retry-after', 'retry-after-ms', 'x-ms-retry-after-ms']
  return !delays.some((name) => error.response?.headers.has(name) === true)
}

async function pause(
  clock: Clock,
  failures: number,
  random: () => number,
  signal: AbortSignal,
  asked: string,
): Promise<void> {
  const ms = SLOWED.baseMs / 2 + jitteredBackoff(failures, SLOWED, random())
  await clock.sleep(ms, signal).catch(() => {
    throw abortedCall(asked)
  })
}

function abortedCall(asked: string): JobRunnerError {
  return new JobRunnerError('aborted', `${asked}: the call was aborted.`, {
    retryable: true,
    hint: 'Submit it again under the same --job-name: a job that is there is found.',
    where: asked,
  })
}

function noAnswer(asked: string, timeoutMs: number): JobRunnerError {
  const message = `${asked}: Azure has not answered within ${String(timeoutMs / 1000)} s.`
  return new JobRunnerError('unavailable', message, {
    retryable: true,
    hint: 'Submit it again under the same --job-name once Azure answers.',
    where: asked,
  })
}
