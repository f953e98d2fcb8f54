import { AqiError, type AqiErrorCode, type AqiErrorOptions } from '../../errors.ts'
import { plainText } from './plain-text.ts'
import { isRecord } from './record.ts'

interface Meaning {
  readonly text: RegExp
  readonly code: AqiErrorCode
  readonly retryable: boolean
  readonly hint: string
}

const LONGEST_TEXT = 200

/** WAQI answers nearly everything with HTTP 200; what went wrong stands in a text. */
const MEANINGS: readonly Meaning[] = [
  { text: /^invalid key\b/i, code: 'auth', retryable: false, hint: 'Check the WAQI token.' },
  { text: /^over quota\b/i, code: 'rate-limit', retryable: true, hint: 'Ask less often, or wait.' },
  {
    text: /^(?:unknown station|unknown id|no such station)\b/i,
    code: 'not-found',
    retryable: false,
    hint: 'Look the station up by search or on the map; a citizen’s sensor is asked for by its sensor number.',
  },
  { text: /^can ?not connect\b/i, code: 'upstream', retryable: true, hint: 'Try again later.' },
]

/** The `data` of an answer. Throws `AqiError` for one that tells of an error, also within `status: "ok"`. */
export function openEnvelope(json: unknown): unknown {
  if (!isRecord(json)) throw malformed('the answer is not an object')
  const status = json['status']
  if (status === 'error') throw toldError(errorText(json))
  if (status === 'nope') throw upstream(errorText(json))
  if (status !== 'ok') throw malformed('the answer has no known status')
  const data = json['data']
  if (isRecord(data) && data['status'] === 'error') throw toldError(errorText(data))
  return data
}

/** The error that an answer tells of; `undefined` where it tells of none. */
export function errorTold(json: unknown): AqiError | undefined {
  try {
    openEnvelope(json)
  } catch (error) {
    if (AqiError.isInstance(error) && error.code !== 'malformed') return error
  }
  return undefined
}

export function malformed(what: string, options: AqiErrorOptions = {}): AqiError {
  return new AqiError('malformed', `WAQI: ${what}`, {
    retryable: true,
    hint: 'Try again later; if it stays, something else than the API answers at this address.',
    ...options,
  })
}

export function noStation(message: string): AqiError {
  return new AqiError('not-found', message, { hint: MEANINGS.find(({ code }) => code === 'not-found')?.hint })
}

function errorText(body: Readonly<Record<string, unknown>>): string {
  const told = [body['data'], body['msg'], body['message'], body['detail']].find(
    (text) => typeof text === 'string' && text.trim() !== '',
  )
  return (typeof told === 'string' ? plainText(told) : null)?.slice(0, LONGEST_TEXT) ?? 'unknown'
}

function toldError(text: string): AqiError {
  const meaning = MEANINGS.find((candidate) => candidate.text.test(text))
  if (meaning === undefined)
    return new AqiError('api', `WAQI answers: ${text}`, {
      hint: 'Check the token and the feed of the station with feature-pipeline --check.',
    })
  const { code, retryable, hint } = meaning
  return new AqiError(code, `WAQI answers: ${text}`, { retryable, hint })
}

function upstream(text: string): AqiError {
  return new AqiError('upstream', `WAQI answers: ${text}`, { retryable: true, hint: 'Try again later.' })
}
