import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { toSubIndex } from '../../src/aqi/sub-index.ts'
import type { Pollutant, Scale } from '../../src/index.ts'
import { createRunningMean } from '../../src/sources/open-meteo/running-mean.ts'
import { createSubIndexer } from '../../src/sources/open-meteo/sub-indices.ts'
import type { ConcentrationHour } from '../../src/sources/open-meteo/index.ts'
import type { TrueVariable } from '../../src/testing/open-meteo/index.ts'
import { at, BEIJING, collect, days, HOUR, openStage } from './support.ts'

const VARIABLES: Readonly<Record<Pollutant, TrueVariable>> = {
  pm25: 'pm2_5',
  pm10: 'pm10',
  o3: 'ozone',
  no2: 'nitrogen_dioxide',
  so2: 'sulphur_dioxide',
  co: 'carbon_monoxide',
}

describe('modelled concentrations', () => {
  test('are those of the model, hour by hour of the local days, in µg/m³', async () => {
    const { client, fake } = await openStage('2026-03-04T10:00:00Z')
    const hours = await collect(client.concentrations(BEIJING, days('2025-01-01', '2025-01-02')))
    expect(hours.map(({ hour }) => hour).slice(0, 2)).toEqual(['2025-01-01T00', '2025-01-01T01'])
    expect(hours.at(-1)?.hour).toBe('2025-01-02T23')
    expect(hours).toHaveLength(48)
    for (const { observedAt, concentrations, unit, evidence } of hours) {
      expect({ unit, evidence }).toEqual({ unit: 'ugm3', evidence: 'model' })
      for (const [pollutant, variable] of Object.entries(VARIABLES)) {
        const value = concentrations[pollutant as Pollutant] ?? null
        expect(value).toBe(fake.truth.value({ variable, validAt: observedAt }))
      }
    }
  })

  test('count as known 8 h after the hour, those to come when they were asked for', async () => {
    const { client } = await openStage('2026-03-04T10:00:00Z')
    const hours = await collect(client.concentrations(BEIJING, days('2026-03-03', '2026-03-06')))
    const knownAt = (hour: string) => hours.find((candidate) => candidate.hour === hour)?.knownAt
    expect(knownAt('2026-03-03T12')).toBe(at('2026-03-03T20:00:00+08:00'))
    expect(knownAt('2026-03-04T17')).toBe(at('2026-03-04T10:00:00Z'))
    expect(knownAt('2026-03-06T12')).toBe(at('2026-03-04T10:00:00Z'))
  })

  test('below zero are left out with a warning', async () => {
    const { client, fake } = await openStage('2026-03-04T10:00:00Z')
    fake.truth.plant({ variable: 'pm10', validAt: at('2025-01-01T05:00:00+08:00') }, -0.1)
    const [chunk] = await collect(client.concentrations(BEIJING, days('2025-01-01', '2025-01-01')).chunks())
    expect(chunk?.hours[5]?.concentrations).not.toHaveProperty('pm10')
    expect(chunk?.warnings).toEqual([expect.objectContaining({ code: 'out-of-range' })])
  })

  test.each([
    ['2025-03-30', 23],
    ['2025-10-26', 25],
  ])('69. %s has %i hours in Berlin', async (day, count) => {
    const { client, fake } = await openStage('2026-03-04T10:00:00Z')
    const range = days(day, day, 'Europe/Berlin')
    const hours = await collect(client.concentrations({ latitude: 52.5, longitude: 13.4 }, range))
    expect(hours).toHaveLength(count)
    expect(hours[0]?.hour).toBe(`${day}T00`)
    expect(hours.at(-1)?.hour).toBe(`${day}T23`)
    for (const { observedAt, concentrations } of hours) {
      expect(concentrations.pm25 ?? null).toBe(fake.truth.value({ variable: 'pm2_5', validAt: observedAt }))
    }
  })
})

describe('modelled sub-indices', () => {
  const index = (pollutant: Pollutant, averaging: '1h' | '8h' | '24h', value: number, scale: Scale) =>
    toSubIndex({ pollutant, averaging, unit: 'ugm3', value }, scale)?.value

  test('particles by the 24 h table on the hour, ozone and CO by running 8 h means, NO2 and SO2 on the hour', async () => {
    const { client, fake } = await openStage('2026-03-04T10:00:00Z')
    const readings = await collect(client.airQuality(BEIJING, days('2025-01-01', '2025-01-03')))
    expect(readings).toHaveLength(72)
    for (const { observedAt, sub } of readings) {
      const onTheHour = (variable: TrueVariable, hoursBefore = 0) =>
        fake.truth.value({ variable, validAt: observedAt - hoursBefore * HOUR })
      const mean8h = (variable: TrueVariable) => {
        const values = Array.from({ length: 8 }, (_, back) => onTheHour(variable, 7 - back)).filter(
          (v) => v !== null,
        )
        return values.length < 6 ? null : values.reduce((sum, v) => sum + v, 0) / values.length
      }
      const expected = {
        pm25: ['24h', onTheHour('pm2_5')],
        pm10: ['24h', onTheHour('pm10')],
        o3: ['8h', mean8h('ozone')],
        co: ['8h', mean8h('carbon_monoxide')],
        no2: ['1h', onTheHour('nitrogen_dioxide')],
        so2: ['1h', onTheHour('sulphur_dioxide')],
      } as const
      for (const [pollutant, [averaging, value]] of Object.entries(expected)) {
        const wanted =
          value === null ? undefined : index(pollutant as Pollutant, averaging, value, 'us-epa-2015')
        expect(sub[pollutant as Pollutant], pollutant).toBe(wanted)
      }
    }
  })

  test('are a model’s, published by nobody as an index', async () => {
    const { client } = await openStage('2026-03-04T10:00:00Z')
    const [reading] = await collect(
      client.airQuality(BEIJING, days('2025-01-01', '2025-01-01'), { scale: 'us-epa-2024' }),
    )
    expect(reading).toMatchObject({
      hour: '2025-01-01T00',
      evidence: 'model',
      aqi: null,
      dominant: null,
      unit: 'sub-index',
      scale: 'us-epa-2024',
      knownAt: at('2025-01-01T08:00:00+08:00'),
    })
  })

  const steady = (concentrations: ConcentrationHour['concentrations'], scale: Scale) => {
    const toReading = createSubIndexer(scale)
    const hours = Array.from({ length: 12 }, (_, hour): ConcentrationHour => {
      const observedAt = at('2025-01-01T00:00:00Z') + hour * HOUR
      const label = `2025-01-01T${String(hour).padStart(2, '0')}` as ConcentrationHour['hour']
      return { hour: label, observedAt, concentrations, unit: 'ugm3', evidence: 'model', knownAt: observedAt }
    })
    return hours.map(toReading).at(-1)?.sub
  }

  test('Chinese scales have CO on the hour and count it in mg/m³', () => {
    expect(steady({ co: 5_000 }, 'cn-hj633-2012')).toEqual({ co: index('co', '1h', 5_000, 'cn-hj633-2012') })
    expect(steady({ co: 5_000 }, 'cn-hj633-2012')).toEqual({ co: 50 })
  })

  test('ozone too high for an 8 h index goes by the hour', () => {
    expect(steady({ o3: 500 }, 'us-epa-2015')).toEqual({ o3: index('o3', '1h', 500, 'us-epa-2015') })
    expect(steady({ o3: 500 }, 'us-epa-2015')?.o3).toBeGreaterThan(200)
  })

  test('a running mean wants six of eight hours', () => {
    const mean = createRunningMean()
    const values = [1, 2, 3, 4, 5, null, 7, 8, null, null, null]
    const means = values.map((value, hour) => mean(hour * HOUR, value))
    expect(means).toEqual([null, null, null, null, null, null, 22 / 6, 30 / 7, 29 / 6, null, null])
  })

  test('a running mean lies between the least and the most of its window', () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.double({ min: 0, max: 500, noNaN: true })), { maxLength: 60 }),
        (values) => {
          const mean = createRunningMean()
          for (const [hour, value] of values.entries()) {
            const got = mean(hour * HOUR, value)
            const window = values.slice(Math.max(0, hour - 7), hour + 1).filter((v) => v !== null)
            expect(got === null).toBe(window.length < 6)
            if (got === null) continue
            expect(got).toBeGreaterThanOrEqual(Math.min(...window) - 1e-9)
            expect(got).toBeLessThanOrEqual(Math.max(...window) + 1e-9)
          }
        },
      ),
    )
  })
})
