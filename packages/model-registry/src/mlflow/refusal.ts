import { ModelRegistryError } from '../errors.ts'

/** An answer that says no: thrown where it is read, told as a ModelRegistryError where nobody expected it. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  /** `RESOURCE_DOES_NOT_EXIST` …; `undefined` where the answer is none of MLflow's. */
  readonly errorCode: string | undefined
  readonly retryable: boolean
  readonly retryAfterMs?: number

  constructor(status: number, errorCode: string | undefined, message: string, retryAfterMs?: number) {
    super(message)
    this.status = status
    this.errorCode = errorCode
    this.retryable = mayPass(status, message)
    if (retryAfterMs !== undefined) this.retryAfterMs = retryAfterMs
  }
}

/**
 * A proxy for artifacts that is switched off says 503, and will say it tomorrow. Two writers at once, on the other
 * hand, may make the server trip over its own database, which it calls a bad request: it is none the next time.
 */
function mayPass(status: number, message: string): boolean {
  if (isProxyOff(message)) return false
  if (/IntegrityError.*(?:unique|duplicate)/is.test(message)) return true
  return [408, 425, 429].includes(status) || (status >= 500 && status !== 501)
}

export function isMissing({ errorCode }: Refusal): boolean {
  return errorCode === 'RESOURCE_DOES_NOT_EXIST' || errorCode === 'NOT_FOUND'
}

export function isAlreadyThere({ errorCode }: Refusal): boolean {
  return errorCode === 'RESOURCE_ALREADY_EXISTS' || errorCode === 'ALREADY_EXISTS'
}

/** An alias that nobody set is a bad parameter in MLflow's eyes. */
export function isUnknownAlias(refusal: Refusal): boolean {
  return isMissing(refusal) || /alias .* not found/i.test(refusal.message)
}

function isProxyOff(message: string): boolean {
  return message.includes('--serve-artifacts')
}

/** @param what what was being done, for the message; `message` of the refusal must hold no secret */
export function refusalError(refusal: Refusal, what: string, where: string): ModelRegistryError {
  const { status, errorCode, retryable, message, retryAfterMs } = refusal
  const said = `${what}: MLflow answers ${String(status)}${errorCode === undefined ? '' : ` ${errorCode}`}${message === '' ? '' : `, ${message}`}.`
  const told = (
    code: ModelRegistryError['code'],
    hint: string,
    fault: 'input' | 'run' = 'run',
  ): ModelRegistryError => new ModelRegistryError(code, said, { fault, retryable, hint, where })

  if (isProxyOff(message)) {
    return told('registry-refused', 'Start the server with --serve-artifacts.', 'input')
  }
  if (status === 401) return told('unauthorized', 'Give a token or password that is valid now.', 'input')
  if (status === 403 && message.includes('Host header')) {
    return told('registry-refused', 'Start the server with --allowed-hosts that name this address.', 'input')
  }
  if (status === 403) return told('unauthorized', 'Ask for the permission on experiment and model.', 'input')
  if (status === 429) {
    const wait = retryAfterMs === undefined ? '' : `, ${String(Math.ceil(retryAfterMs / 1000))} s from now`
    return told('rate-limited', `Try again later${wait}.`)
  }
  if (retryable) return told('registry-unavailable', 'Try again later.')
  if (errorCode === undefined) {
    return told('bad-answer', 'Check that the address is that of an MLflow tracking server.', 'input')
  }
  return told('registry-refused', 'Read the message; the log of the server tells more.')
}
