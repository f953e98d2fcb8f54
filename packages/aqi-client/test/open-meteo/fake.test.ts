import { describe, expect, test } from 'vitest'

import { endpointsBehind } from '../../src/sources/open-meteo/index.ts'
import { startFakeOpenMeteo } from '../../src/testing/open-meteo/index.ts'
import { at, DAY, HOUR, openStage, testClock, type Stage } from './support.ts'

async function ask(
  { fake }: Stage,
  url: keyof ReturnType<typeof endpointsBehind>,
  query: Record<string, string>,
) {
  const place = { latitude: '40', longitude: '116.4' }
  const search = new URLSearchParams({ ...place, ...query }).toString()
  const response = await fetch(`${endpointsBehind(fake.baseUrl)[url]}?${search}`)
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

const ONE_DAY = { start_date: '2025-01-01', end_date: '2025-01-01' }

describe('the fake', () => {
  test('has a world that depends on the seed alone', async () => {
    const clock = testClock('2026-03-04T10:00:00Z')
    const spot = { variable: 'pm2_5', validAt: at('2025-01-01T00:00:00Z') } as const
    const values = []
    for (const seed of [1, 1, 2]) {
      await using fake = await startFakeOpenMeteo({ seed, clock })
      values.push(fake.truth.value(spot))
    }
    expect(values[0]).toBe(values[1])
    expect(values[0]).not.toBe(values[2])
  })

  test('has other values for every previous day, none out before its time', async () => {
    const stage = await openStage('2026-03-04T10:00:00Z')
    const validAt = at('2026-03-05T12:00:00Z')
    const kept = [1, 2, 3, 4, 5, 6, 7]
    const spots = kept.map((previousDay) => ({ variable: 'temperature_2m', validAt, previousDay }) as const)
    expect(new Set(spots.map((spot) => stage.fake.truth.value(spot))).size).toBe(7)

    const hourly = kept.map((previousDay) => `temperature_2m_previous_day${String(previousDay)}`).join(',')
    const days = { start_date: '2026-03-05', end_date: '2026-03-05' }
    const { body } = await ask(stage, 'previousRunsUrl', { hourly, ...days })
    const columns = body['hourly'] as Record<string, (number | null)[]>
    for (const previousDay of kept) {
      const isOut = validAt - previousDay * DAY + 8 * HOUR <= at('2026-03-04T10:00:00Z')
      const value = columns[`temperature_2m_previous_day${String(previousDay)}`]?.[12]
      expect(value).toBe(
        isOut ? stage.fake.truth.value({ variable: 'temperature_2m', validAt, previousDay }) : null,
      )
    }
  })

  test.each([
    ['an unknown variable', { hourly: 'humidity', ...ONE_DAY }, /invalid String value humidity/],
    ['a previous day here', { hourly: 'pm10_previous_day1', ...ONE_DAY }, /invalid String value/],
    ['half a range', { hourly: 'pm10', start_date: '2025-01-01' }, /must be set/],
    ['two kinds of range', { hourly: 'pm10', past_days: '2', ...ONE_DAY }, /mutually exclusive/],
    ['days too many', { hourly: 'pm10', forecast_days: '8' }, /Forecast days is invalid/],
    [
      'a day too early',
      { hourly: 'pm10', start_date: '2022-07-31', end_date: '2022-08-01' },
      /from 2022-08-01 to/,
    ],
    ['no zone', { hourly: 'pm10', timezone: 'Mars/Base', ...ONE_DAY }, /Invalid timezone/],
    ['no place', { hourly: 'pm10', latitude: '99', ...ONE_DAY }, /-90 to 90/],
  ])('refuses %s with 400', async (_what, query, reason) => {
    const { status, body } = await ask(await openStage('2026-03-04T10:00:00Z'), 'airQualityUrl', query)
    expect(status).toBe(400)
    expect(body).toEqual({ error: true, reason: expect.stringMatching(reason) })
  })

  test('counts weights and empties its counters at the full minute', async () => {
    const stage = await openStage('2026-03-04T10:20:30Z', { limits: { minutely: 3 } })
    const query = { hourly: 'pm10,pm2_5,ozone,carbon_monoxide,sulphur_dioxide', start_date: '2025-01-01' }
    const statuses = []
    for (const wait of [0, 0, 31_000]) {
      stage.clock.set(stage.clock.now() + wait)
      statuses.push((await ask(stage, 'airQualityUrl', { ...query, end_date: '2025-03-25' })).status)
    }
    expect(statuses).toEqual([200, 429, 200])
    expect(stage.fake.requests.map(({ weight }) => weight)).toEqual([3, 0, 3])
  })

  test('lets only so many in at once', async () => {
    const stage = await openStage('2026-03-04T10:20:30Z', { limits: { concurrent: 2 } })
    const release = stage.fake.hold()
    const asked = [1, 2, 3].map(() => ask(stage, 'airQualityUrl', { hourly: 'pm10', ...ONE_DAY }))
    const first = await Promise.race(asked)
    expect(first.status).toBe(429)
    expect(first.body['reason']).toBe('Too many concurrent requests')
    release()
    expect((await Promise.all(asked)).filter(({ status }) => status === 200)).toHaveLength(2)
  })

  test('labels hours with one offset, that of now', async () => {
    const stage = await openStage('2026-07-04T10:00:00Z')
    const { body } = await ask(stage, 'airQualityUrl', {
      hourly: 'pm10',
      timezone: 'Europe/Berlin',
      ...ONE_DAY,
    })
    expect(body['utc_offset_seconds']).toBe(7200)
    const { time, pm10 } = body['hourly'] as { time: string[]; pm10: number[] }
    expect(time[0]).toBe('2025-01-01T00:00')
    expect(pm10[0]).toBe(stage.fake.truth.value({ variable: 'pm10', validAt: at('2024-12-31T22:00:00Z') }))
  })
})
