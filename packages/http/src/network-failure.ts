import { HttpError, type SystemCause } from './errors.ts'

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection closed early',
  ENOTFOUND: 'host name not found',
  EAI_AGAIN: 'host name could not be looked up',
  ETIMEDOUT: 'connection timed out',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  EPROTO: 'TLS failed',
  ERR_BAD_RESPONSE: 'the answer broke off',
  ERR_STREAM_PREMATURE_CLOSE: 'the answer broke off',
  Z_DATA_ERROR: 'the answer is not the compressed data it claims to be',
  Z_BUF_ERROR: 'the compressed answer broke off',
}

const TLS = /CERT|SSL|TLS|UNABLE_TO_VERIFY/

/**
 * A `network` error told by codes alone. The texts and fields of the original are not read: they may hold the
 * request, its secrets, or the credentials of a proxy.
 */
export function networkError(error: unknown): HttpError {
  const cause = systemCause(error)
  const code = cause.code
  const words =
    code === undefined
      ? 'the request failed'
      : (WORDS[code] ?? (TLS.test(code) ? 'TLS failed' : 'the request failed'))
  return new HttpError('network', code === undefined ? words : `${words} (${code})`, {
    retryable: true,
    hint: 'Check the connection, the host name and the proxy settings; then try again.',
    cause,
  })
}

/** Code and system call of an error, or of the first error beneath it that has them. */
export function systemCause(error: unknown): SystemCause {
  for (
    let at = error, depth = 0;
    at instanceof Object && depth < 5;
    at = Reflect.get(at, 'cause'), depth += 1
  ) {
    const code = word(at, 'code')
    if (code === undefined) continue
    const syscall = word(at, 'syscall')
    return syscall === undefined ? { code } : { code, syscall }
  }
  return {}
}

/** Only short words of the kind the system uses, so that nothing else slips through. */
function word(error: object, field: 'code' | 'syscall'): string | undefined {
  const value: unknown = Reflect.get(error, field)
  const pattern = field === 'code' ? /^[A-Z][A-Z0-9_]{1,60}$/ : /^[a-z][a-z0-9_]{1,30}$/
  return typeof value === 'string' && pattern.test(value) ? value : undefined
}
