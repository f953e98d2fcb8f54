import { FeatureStoreError, type FeatureStoreErrorCode } from '../errors.ts'

/** An answer that says no: thrown where it is read, told as a FeatureStoreError where nobody expected it. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  /** Of the envelope; `undefined` where the answer has none. */
  readonly errorCode: number | undefined
  readonly retryable: boolean
  readonly retryAfterMs?: number

  constructor(status: number, errorCode: number | undefined, message: string, retryAfterMs?: number) {
    super(message)
    this.status = status
    this.errorCode = errorCode
    this.retryable = mayPass(status, errorCode)
    if (retryAfterMs !== undefined) this.retryAfterMs = retryAfterMs
  }
}

/** 500 comes with lasting errors too, each under its code; 120000 is the one nobody expected. */
function mayPass(status: number, errorCode: number | undefined): boolean {
  if (status === 408 || status === 429) return true
  if (errorCode === 110001 || errorCode === 110041) return true
  if (status === 500) return errorCode === undefined || errorCode === 120000
  return status > 500
}

interface Meaning {
  readonly code: FeatureStoreErrorCode
  readonly fault: 'input' | 'run'
  readonly hint: string
}

const newKey: Meaning = {
  code: 'unauthorized',
  fault: 'input',
  hint: 'Make a new API key in the account settings of Hopsworks and give it whole, prefix and secret.',
}
const account: Meaning = { ...newKey, hint: 'Ask the administrator of the cluster about the account.' }
const notAllowed: Meaning = {
  code: 'forbidden',
  fault: 'input',
  hint: "Let the project's owner add the key's user to it, as a data owner if groups are to be made.",
}
const quota: Meaning = {
  code: 'quota',
  fault: 'run',
  hint: 'Make room in the project (feature groups, training datasets, running jobs), wait, or take a larger plan.',
}

const MEANINGS: Readonly<Record<number, Meaning>> = {
  200003: newKey,
  320012: newKey,
  320013: newKey,
  160005: account,
  160007: account,
  160000: notAllowed,
  150068: notAllowed,
  320003: {
    ...notAllowed,
    hint: "The key's user lacks the role for this; ask the administrator of the cluster.",
  },
  270024: notAllowed,
  150004: {
    code: 'project-not-found',
    fault: 'input',
    hint: 'Check the name of the project, and that the host is the one it lives on.',
  },
  270008: {
    code: 'project-not-found',
    fault: 'input',
    hint: 'Turn the service Feature Store on in the settings of the project.',
  },
  120004: {
    code: 'remote-failed',
    fault: 'run',
    hint: 'This Hopsworks does not know the request; its version may lack what is needed here. Check host and port.',
  },
  150029: { ...quota, hint: 'The project is out of credits: buy some, or wait for the next allowance.' },
  130040: quota,
  110055: { ...quota, hint: 'The storage of the cluster is full: delete files, or ask its administrator.' },
  110056: { ...notAllowed, hint: 'Uploads are off on this cluster: ask its administrator.' },
}

/** @param scope the one the request needs, for a key that lacks it */
export function refusalError(
  refusal: Refusal,
  what: string,
  scope: string,
  where: string,
): FeatureStoreError {
  const { status, errorCode, retryable, message } = refusal
  const said = `${what}: Hopsworks answers ${String(status)}${errorCode === undefined ? '' : `/${String(errorCode)}`}${message === '' ? '' : `, ${message}`}`
  const details = { where, retryable }
  if (errorCode === 320004) {
    return new FeatureStoreError('missing-scope', `${said}. The API key lacks the scope ${scope}.`, {
      ...details,
      fault: 'input',
      hint: `Give the key the scope ${scope} in the account settings of Hopsworks.`,
    })
  }
  const known = meaningOf(refusal)
  if (known !== undefined) {
    return new FeatureStoreError(known.code, `${said}.`, { ...details, fault: known.fault, hint: known.hint })
  }
  if (retryable) {
    const { retryAfterMs } = refusal
    const when = retryAfterMs === undefined ? 'later' : `in ${String(Math.ceil(retryAfterMs / 1000))} seconds`
    return new FeatureStoreError('unavailable', `${said}.`, { ...details, hint: `Try again ${when}.` })
  }
  return new FeatureStoreError('remote-failed', `${said}.`, {
    ...details,
    hint: 'Read the message; with the code the administrator of the cluster finds more in its log.',
  })
}

function meaningOf({ status, errorCode, message }: Refusal): Meaning | undefined {
  // A quota on groups or training datasets comes as a generic error, with the reason in its text alone.
  if (errorCode === 270001 && /quota/i.test(message)) return quota
  if (errorCode !== undefined && MEANINGS[errorCode] !== undefined) return MEANINGS[errorCode]
  if (status === 401) return newKey
  return status === 403 ? notAllowed : undefined
}
