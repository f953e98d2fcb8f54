import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { AqiError } from '../../src/index.ts'
import { judgeAnswer } from '../../src/sources/open-meteo/answer.ts'
import { parseHourlyTables } from '../../src/sources/open-meteo/hourly-table.ts'
import { at, HOUR } from './support.ts'

const UNITS = { pm2_5: 'μg/m³', ozone: 'μg/m³' }

const answer = (changes: Record<string, unknown> = {}) => ({
  latitude: 40,
  longitude: 116.4,
  elevation: 44,
  generationtime_ms: 0.1,
  utc_offset_seconds: 28_800,
  timezone: 'Asia/Shanghai',
  hourly_units: { time: 'iso8601', pm2_5: 'μg/m³', ozone: 'μg/m³' },
  hourly: {
    time: ['2025-01-01T00:00', '2025-01-01T01:00', '2025-01-01T02:00'],
    pm2_5: [10, null, 12.5],
    ozone: [60, 61, 62],
  },
  ...changes,
})
const hourly = (changes: Record<string, unknown>) => answer({ hourly: { ...answer().hourly, ...changes } })
const units = (changes: Record<string, unknown>) =>
  answer({ hourly_units: { ...answer().hourly_units, ...changes } })
const malformed = expect.objectContaining({ name: 'AqiError', code: 'malformed', retryable: true }) as Error

const response = (status: number, body: string) => ({
  status,
  headers: {},
  body: new TextEncoder().encode(body),
})
const now = at('2026-03-04T10:20:30Z')

describe('an answer as a table', () => {
  test('66. a column shorter than the hours is malformed; an absent one is absent', () => {
    expect(() => parseHourlyTables(hourly({ pm2_5: [10, 11] }), UNITS)).toThrow(malformed)
    const [table] = parseHourlyTables(hourly({ pm2_5: undefined, ozone: [1, 2, 3] }), {
      ozone: 'μg/m³',
      pm10: 'μg/m³',
    })
    expect(table?.columns.has('pm10')).toBe(false)
    expect(table?.columns.get('ozone')).toEqual([1, 2, 3])
  })

  test('67. nulls stay nulls', () => {
    expect(parseHourlyTables(answer(), UNITS)[0]?.columns.get('pm2_5')).toEqual([10, null, 12.5])
  })

  test('68. an object for one place and an array for several come out alike', () => {
    expect(parseHourlyTables([answer(), answer()], UNITS)).toEqual([
      ...parseHourlyTables(answer(), UNITS),
      ...parseHourlyTables(answer(), UNITS),
    ])
  })

  test('69. local times become instants with the offset of the answer', () => {
    expect(parseHourlyTables(answer(), UNITS)[0]?.instants[0]).toBe(at('2024-12-31T16:00:00Z'))
    const [indian] = parseHourlyTables(answer({ utc_offset_seconds: 19_800 }), UNITS)
    expect(indian?.instants[0]).toBe(at('2024-12-31T18:30:00Z'))
  })

  test.each(['2025-02-30T00:00', '2025-01-01T24:00', '2025-01-01 00:00', '2025-01-01T00:00Z', 1735689600])(
    '69. the time %s is malformed',
    (time) => {
      expect(() =>
        parseHourlyTables(hourly({ time: [time, ...answer().hourly.time.slice(1)] }), UNITS),
      ).toThrow(malformed)
    },
  )

  test('69. times that do not go on by the hour are malformed', () => {
    const time = ['2025-01-01T00:00', '2025-01-01T02:00', '2025-01-01T03:00']
    expect(() => parseHourlyTables(hourly({ time }), UNITS)).toThrow(malformed)
  })

  test('71. another unit, or none, is malformed; the micro sign and Greek mu are the same', () => {
    expect(() => parseHourlyTables(units({ ozone: 'ppb' }), UNITS)).toThrow(malformed)
    expect(() => parseHourlyTables(units({ ozone: undefined }), UNITS)).toThrow(malformed)
    expect(() => parseHourlyTables(answer({ hourly_units: { time: 'iso8601' } }), UNITS)).toThrow(malformed)
    expect(parseHourlyTables(units({ ozone: '\u00b5g/m³' }), UNITS)).toHaveLength(1)
  })

  test('a variable the model lacks comes as nulls of an unknown unit', () => {
    const lacking = units({ ozone: 'undefined' })
    const [table] = parseHourlyTables(
      { ...lacking, hourly: { ...lacking.hourly, ozone: [null, null, null] } },
      UNITS,
    )
    expect(table?.columns.get('ozone')).toEqual([null, null, null])
  })

  test('any value anywhere is either read or malformed, never another error', () => {
    const paths = [
      ['latitude'],
      ['utc_offset_seconds'],
      ['elevation'],
      ['hourly'],
      ['hourly_units'],
      ['hourly', 'time'],
      ['hourly', 'time', '1'],
      ['hourly', 'pm2_5'],
      ['hourly', 'pm2_5', '0'],
      ['hourly_units', 'pm2_5'],
      [],
    ]
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
        const body = JSON.stringify(replaced(answer(), path, value))
        try {
          for (const table of parseHourlyTables(judgeAnswer(response(200, body), now), UNITS)) {
            expect(table.instants.every(Number.isFinite)).toBe(true)
            for (const column of table.columns.values()) expect(column).toHaveLength(table.instants.length)
          }
        } catch (error) {
          expect(AqiError.isInstance(error) && error.code).toBe('malformed')
        }
      }),
      { numRuns: 500 },
    )
  })

  test('hours follow each other by one hour for any offset', () => {
    fc.assert(
      fc.property(fc.integer({ min: -48, max: 56 }), (quarters) => {
        const [table] = parseHourlyTables(answer({ utc_offset_seconds: quarters * 900 }), UNITS)
        const [first = Number.NaN, second] = table?.instants ?? []
        expect(second).toBe(first + HOUR)
        expect(first).toBe(at('2025-01-01T00:00:00Z') - quarters * 900_000)
      }),
    )
  })
})

describe('an answer that is none', () => {
  const judged = (status: number, body: unknown) => () =>
    judgeAnswer(response(status, typeof body === 'string' ? body : JSON.stringify(body)), now)
  const refused = (reason: string) => ({ error: true, reason })

  test('64. a refusal is bad-request with its reason; a range comes with the days allowed', () => {
    expect(judged(400, refused('Invalid timezone'))).toThrow(
      expect.objectContaining({
        code: 'bad-request',
        fault: 'input',
        message: expect.stringContaining('Invalid timezone'),
      }),
    )
    const reason = "Parameter 'start_date' is out of allowed range from 2022-08-01 to 2026-03-10"
    expect(judged(400, refused(reason))).toThrow(
      expect.objectContaining({
        code: 'out-of-range',
        fault: 'input',
        allowed: { from: '2022-08-01', to: '2026-03-10' },
      }),
    )
    expect(judged(400, refused('out of allowed range from 2022-13-01 to 2026-03-10'))).toThrow(
      expect.objectContaining({ code: 'bad-request' }),
    )
  })

  test('65. a 429 is rate-limit with the wait its reason means, also without JSON', () => {
    const limited = (retryAfterMs: number) =>
      expect.objectContaining({ code: 'rate-limit', retryAfterMs }) as Error
    expect(judged(429, refused('Minutely API request limit exceeded.'))).toThrow(limited(31_000))
    expect(judged(429, 'Too many concurrent requests')).toThrow(limited(2_000))
    expect(judged(429, '')).toThrow(limited(31_000))
  })

  test('70. text instead of JSON is malformed', () => {
    for (const body of ['Oops: encoding failed', '', '{"latitude":', '<html></html>']) {
      expect(judged(200, body)).toThrow(malformed)
    }
    expect(() => parseHourlyTables(judged(200, 'null')(), UNITS)).toThrow(malformed)
    expect(judged(200, '\ufeff{}')()).toEqual({})
  })

  test('500 and 503 may be gone the next time, 403 is not', () => {
    const upstream = (retryable: boolean) => expect.objectContaining({ code: 'upstream', retryable }) as Error
    expect(judged(500, refused('Something went wrong.'))).toThrow(upstream(true))
    expect(judged(503, 'busy')).toThrow(upstream(true))
    expect(judged(403, '')).toThrow(upstream(false))
    expect(judged(200, refused('no'))).toThrow(upstream(false))
  })

  test('a reason is shown on one line and not at length', () => {
    const error = (() => {
      try {
        return judged(400, refused(`a\n\u001b[31m${'b'.repeat(5_000)}`))()
      } catch (thrown) {
        return thrown
      }
    })()
    expect(String(error)).not.toMatch(/\p{Cc}/u)
    expect(String(error).length).toBeLessThan(300)
  })
})

function replaced(target: unknown, path: readonly string[], value: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return value
  const copy: unknown = Array.isArray(target) ? [...(target as unknown[])] : { ...(target as object) }
  Reflect.set(copy as object, key, replaced(Reflect.get(target as object, key), rest, value))
  return copy
}
