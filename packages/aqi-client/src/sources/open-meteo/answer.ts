import type { HttpResponse } from '@airq/http'
import * as z from 'zod'

import { isLocalDay } from '../../days/local-day.ts'
import { AqiError } from '../../errors.ts'
import { malformed } from './hourly-table.ts'
import { limitReason, waitAfterLimit } from './limits.ts'

const refusalSchema = z.object({ error: z.literal(true), reason: z.string() })
const LONGEST_REASON = 200
const LATER = 'Run it again later; what is missing by then comes with the next pull.'

/**
 * The JSON value of a good answer; anything else becomes an `AqiError`: `out-of-range` with the days the source
 * has, `bad-request`, `rate-limit` with the wait from `now` (epoch ms) on, `upstream`, `malformed`.
 */
export function judgeAnswer({ status, body }: HttpResponse, now: number): unknown {
  const text = new TextDecoder().decode(body)
  const value = parseJson(text)
  const refusal = refusalSchema.safeParse(value)
  const reason = refusal.success ? printable(refusal.data.reason) : ''

  if (status === 400) throw refusedRequest(reason)
  if (status === 429) throw limitExceeded(reason === '' ? text : reason, now)
  if (status !== 200) {
    throw new AqiError(
      'upstream',
      `Open-Meteo answered ${String(status)}${reason === '' ? '' : `: ${reason}`}`,
      {
        retryable: status >= 500 || status === 408 || status === 425,
        hint: LATER,
      },
    )
  }
  if (refusal.success) throw new AqiError('upstream', `Open-Meteo refused: ${reason}`, { hint: LATER })
  if (value === undefined) throw malformed(`no JSON but ${JSON.stringify(printable(text).slice(0, 40))}`)
  return value
}

function refusedRequest(reason: string): AqiError {
  const range = /out of allowed range from (\d{4}-\d{2}-\d{2}) to (\d{4}-\d{2}-\d{2})/.exec(reason)
  const from = range?.[1] ?? ''
  const to = range?.[2] ?? ''
  if (isLocalDay(from) && isLocalDay(to)) {
    return new AqiError('out-of-range', `Open-Meteo has ${from} to ${to} only`, {
      fault: 'input',
      hint: 'Ask for days within these, or let the range be clipped.',
      allowed: { from, to },
    })
  }
  const message =
    reason === '' ? 'Open-Meteo refused the request' : `Open-Meteo refused the request: ${reason}`
  return new AqiError('bad-request', message, {
    fault: 'input',
    hint: 'Correct the location or the days asked for, as the reason says.',
  })
}

function limitExceeded(text: string, now: number): AqiError {
  const reason = limitReason(text)
  const retryAfterMs = waitAfterLimit(reason, now)
  const which =
    reason === 'concurrent' ? 'too many requests at once' : `${reason ?? 'unknown'} limit exceeded`
  return new AqiError('rate-limit', `Open-Meteo: ${which}`, {
    retryable: true,
    retryAfterMs,
    hint: `Go on after ${new Date(now + retryAfterMs).toISOString()}; calls are counted by IP address, also those of others.`,
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, '')) as unknown
  } catch {
    return undefined
  }
}

/** Text from outside, on one line and not too long. */
function printable(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim()
  return line.length > LONGEST_REASON ? `${line.slice(0, LONGEST_REASON)}…` : line
}
