import { HttpError, type HttpErrorCode } from '@airq/http'

import { AqiError, type AqiErrorCode } from '../../errors.ts'

const CODES: Readonly<Record<HttpErrorCode, AqiErrorCode>> = {
  network: 'network',
  timeout: 'timeout',
  aborted: 'aborted',
  'too-large': 'malformed',
  redirect: 'malformed',
  status: 'upstream',
  'untrusted-host': 'config',
  'bad-request': 'config',
}

/** What went wrong below as an error of this package. Nothing of the original is attached: it knows the request. */
export function asAqiError(error: unknown): AqiError {
  if (AqiError.isInstance(error)) return error
  if (!HttpError.isInstance(error))
    return new AqiError('network', 'the request failed', { retryable: true, hint: 'Run it again.' })
  const { fault, retryable, retryAfterMs, status, hint, where } = error
  const code = isBrokenCompression(error) ? 'malformed' : CODES[error.code]
  return new AqiError(code, error.message, { fault, retryable, retryAfterMs, status, hint, where })
}

/** The answer came and could not be unpacked. */
function isBrokenCompression({ cause }: HttpError): boolean {
  const code: unknown =
    typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined
  return typeof code === 'string' && /^(?:Z_|ERR__ZLIB|ERR_BROTLI)/.test(code)
}
