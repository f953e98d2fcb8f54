import { ModelRegistryError, type ModelRegistryErrorCode } from '../errors.ts'

/** An answer that says no: thrown where it is read, told as a ModelRegistryError where nobody expected it. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  /** Of the envelope; `undefined` where the answer has none. */
  readonly sdkErrorCode: number | undefined
  readonly retryable: boolean
  readonly retryAfterMs?: number

  constructor(status: number, sdkErrorCode: number | undefined, message: string, retryAfterMs?: number) {
    super(message)
    this.status = status
    this.sdkErrorCode = sdkErrorCode
    this.retryable = [408, 425, 429].includes(status) || status >= 500
    if (retryAfterMs !== undefined) this.retryAfterMs = retryAfterMs
  }
}

/** `sdk_error_code` of what is not there. */
export const noSuchModel = 42008

interface Meaning {
  readonly code: ModelRegistryErrorCode
  readonly hint: string
}

const meanings: Readonly<Record<number, Meaning>> = {
  90210: { code: 'unauthorized', hint: 'Ask the owner of the workspace for the right to write.' },
  90212: {
    code: 'unauthorized',
    hint: 'Copy the API key from the account settings of Comet and give it whole.',
  },
  90219: { code: 'not-found', hint: 'Check the name of the workspace.' },
  90501: {
    code: 'registry-refused',
    hint: 'The workspace is full: delete experiments, or take a larger plan.',
  },
  98219: { code: 'bad-arguments', hint: 'Give the name of a project.' },
}

/** @param what what was being done, for the message; `message` of the refusal must hold no secret */
export function refusalError(refusal: Refusal, what: string, where: string): ModelRegistryError {
  const { status, sdkErrorCode, retryable, message, retryAfterMs } = refusal
  const code = sdkErrorCode === undefined ? '' : ` (${String(sdkErrorCode)})`
  const said = `${what}: Comet answers ${String(status)}${code}${message === '' ? '' : `, ${message}`}.`
  const told = (
    ours: ModelRegistryErrorCode,
    hint: string,
    fault: 'input' | 'run' = 'run',
  ): ModelRegistryError => new ModelRegistryError(ours, said, { fault, retryable, hint, where })

  const known = meanings[sdkErrorCode ?? -1]
  if (known !== undefined) return told(known.code, known.hint, 'input')
  if (status === 401 || status === 403) {
    return told('unauthorized', 'Give an API key that is valid now and may write to the workspace.', 'input')
  }
  if (status === 429) {
    const wait = retryAfterMs === undefined ? '' : `, ${String(Math.ceil(retryAfterMs / 1000))} s from now`
    return told('rate-limited', `Try again later${wait}.`)
  }
  if (retryable) return told('registry-unavailable', 'Try again later.')
  if (sdkErrorCode === undefined && message === '') {
    return told('bad-answer', 'Check that the address is that of Comet.', 'input')
  }
  return told('registry-refused', 'Read the message; the page of the experiment tells more.')
}
