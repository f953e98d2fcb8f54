import { describe, expect, test } from 'vitest'

import { windVector } from '../../src/sources/open-meteo/weather.ts'
import { at, BEIJING, collect, days, DAY, failure, openStage, SHANGHAI_TIME } from './support.ts'

describe('the forecast of now', () => {
  test('holds whole local days from today on, known now', async () => {
    const { client, fake } = await openStage('2026-03-04T10:00:00Z')
    const { hours, pulledAt, attributions } = await client.weatherForecast(BEIJING, {
      timeZone: SHANGHAI_TIME,
      days: 2,
      pastDays: 1,
    })
    expect(hours).toHaveLength(72)
    expect([hours[0]?.hour, hours.at(-1)?.hour]).toEqual(['2026-03-03T00', '2026-03-05T23'])
    expect(pulledAt).toBe(at('2026-03-04T10:00:00Z'))
    expect(hours.at(-1)).toMatchObject({ knownAt: pulledAt, evidence: 'model' })
    expect(hours[0]?.knownAt).toBe(at('2026-03-03T08:00:00+08:00'))
    expect(attributions[0]?.name).toMatch(/Open-Meteo/)
    for (const { validAt, surfacePressure, windSpeed } of hours) {
      expect(surfacePressure).toBe(fake.truth.value({ variable: 'surface_pressure', validAt }))
      expect(windSpeed).toBe(fake.truth.value({ variable: 'wind_speed_10m', validAt }))
    }
    expect(fake.requests).toHaveLength(1)
  })

  test.each([
    { days: 0 },
    { days: 16 },
    { days: 1.5 },
    { days: Number.NaN },
    { pastDays: -1 },
    { pastDays: 91 },
  ])('cannot be had for %j', async (wrong) => {
    const { client, fake } = await openStage('2026-03-04T10:00:00Z')
    const error = await failure(client.weatherForecast(BEIJING, { timeZone: SHANGHAI_TIME, ...wrong }))
    expect(error).toMatchObject({ code: 'bad-span', fault: 'input' })
    expect(fake.requests).toHaveLength(0)
  })

  test('the most days can be had from every corner of the day', async () => {
    for (const timeZone of ['Pacific/Kiritimati', 'Pacific/Niue', 'Asia/Kolkata']) {
      for (const start of ['2026-03-04T00:30:00Z', '2026-03-04T23:30:00Z']) {
        const { client } = await openStage(start)
        const { hours } = await client.weatherForecast(BEIJING, { timeZone, days: 15, pastDays: 90 })
        expect(hours).toHaveLength(105 * 24)
      }
    }
  })
})

describe('the archive', () => {
  test('is known five days after the hour', async () => {
    const { client, fake } = await openStage('2026-03-04T10:00:00Z')
    const hours = await collect(client.weatherArchive(BEIJING, days('1975-01-01', '1975-01-02')))
    expect(hours).toHaveLength(48)
    for (const { validAt, knownAt, dewPoint } of hours) {
      expect(knownAt).toBe(validAt + 5 * DAY)
      expect(dewPoint).toBe(fake.truth.value({ variable: 'dew_point_2m', validAt }))
    }
  })

  test('67. has nulls where it has nothing yet', async () => {
    const { client } = await openStage('2026-03-04T10:00:00Z')
    const hours = await collect(client.weatherArchive(BEIJING, days('2026-03-02', '2026-03-02')))
    expect(hours).toHaveLength(24)
    expect(hours[0]).toMatchObject({ temperature: null, precipitation: null, windU: null, windV: null })
  })
})

test('the wind vector points where the wind goes', () => {
  const vector = (speed: number | null, direction: number | null) => {
    const { windU, windV } = windVector(speed, direction)
    return [windU, windV].map((part) => (part === null ? null : Math.round(part * 1e9) / 1e9 + 0))
  }
  expect(vector(10, 0)).toEqual([0, -10])
  expect(vector(10, 90)).toEqual([-10, 0])
  expect(vector(10, 180)).toEqual([0, 10])
  expect(vector(10, 270)).toEqual([10, 0])
  expect(vector(0, null)).toEqual([0, 0])
  expect(vector(10, null)).toEqual([null, null])
  expect(vector(null, 10)).toEqual([null, null])
})
