import { AqiError } from '../../errors.ts'
import type { TokenSource } from './types.ts'
import { config } from './urls.ts'

/** The token, asked for anew. Throws `AqiError` `config`, or `aborted` as soon as the signal fires. */
export async function tokenOf(source: TokenSource, signal: AbortSignal | undefined): Promise<string> {
  const value = typeof source === 'string' ? source : await told(source, signal)
  if (typeof value === 'string' && value.trim() !== '') return value
  throw config('no WAQI token is given', 'Pass `token`: the token, or a function that gives it.')
}

/** What the caller's function gives. Its error stays out: who knows what it holds. */
async function told(
  source: () => string | Promise<string>,
  signal: AbortSignal | undefined,
): Promise<string> {
  const aborted = Promise.withResolvers<never>()
  const abort = () => {
    aborted.reject(new AqiError('aborted', 'the call was aborted'))
  }
  if (signal?.aborted === true) abort()
  signal?.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([aborted.promise, giveToken(source)])
  } finally {
    signal?.removeEventListener('abort', abort)
  }
}

async function giveToken(source: () => string | Promise<string>): Promise<string> {
  try {
    return await source()
  } catch {
    throw config('the WAQI token could not be had', 'See to the function passed as `token`.')
  }
}
