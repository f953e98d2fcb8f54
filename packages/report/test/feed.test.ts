import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { report } from '../src/index.ts'
import { days, evening, ledger, question, station } from './support/sample.ts'

function filesOf(...stations: ReturnType<typeof station>[]) {
  const { files } = report(question(stations.length === 0 ? {} : { stations }))
  return new Map(files.map(({ path, content }) => [path, content]))
}

function validator() {
  const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, validateFormats: false })
  return ajv.compile(JSON.parse(filesOf().get('forecast.schema.json') ?? '') as object)
}

const plain = { fallback: true, model_name: null, model_version: null } as const

describe('forecast.json', () => {
  test.each([
    ['a station', [station()]],
    ['several', [station(), station({ id: 'other', ledger: [evening(1, plain)] })]],
    ['without forecasts', [station({ ledger: [], days: [], models: [] })]],
  ])('of %s is as its schema says', (_, stations) => {
    const validate = validator()
    const feed: unknown = JSON.parse(filesOf(...stations).get('forecast.json') ?? '')
    expect([validate(feed), validate.errors]).toEqual([true, null])
  })

  test('another shape is not', () => {
    const validate = validator()
    const feed = JSON.parse(filesOf().get('forecast.json') ?? '') as object
    for (const change of [
      { version: 2 },
      { stations: [] },
      { extra: 1 },
      { ledger: { rows: 1, head: 'x' } },
    ]) {
      expect(validate({ ...feed, ...change })).toBe(false)
    }
  })

  test('holds the forecast as issued, every revision, and the head', () => {
    const again = evening(1, { revision: 1, aqi: 170, issued_at: evening(1).issued_at + 60_000 })
    const feed = report(question({ stations: [station({ ledger: [...ledger(20), again] })] })).feed
    const [first] = feed.stations
    expect(first?.forecast).toMatchObject({
      day: '2026-01-09',
      decision: 'evening',
      issueSlot: '2026-01-08T20',
      revision: 1,
      aqi: 170,
      category: 'unhealthy',
      fallback: false,
    })
    expect(first?.recent.slice(0, 2).map(({ revision, aqi }) => [revision, aqi])).toEqual([
      [1, 170],
      [0, 155],
    ])
    expect(first?.ledger).toMatchObject({ rows: 23, lastIssuedAt: '2026-01-08T12:06:00.000Z' })
    const sum = Object.values(first?.forecast?.probabilities ?? {}).reduce((a, b) => a + b, 0)
    expect(sum).toBeCloseTo(1, 9)
  })
})

describe('the badge', () => {
  test('says station, day and class', () => {
    expect(filesOf().get('badges/beijing.svg')).toContain('Beijing 2026-01-09: AQI 155 Unhealthy')
  })

  test('says so when there is none, or a fallback', () => {
    expect(filesOf(station({ ledger: [] })).get('badges/beijing.svg')).toContain('Beijing: no forecast')
    expect(filesOf(station({ ledger: [evening(1, plain)] })).get('badges/beijing.svg')).toContain(
      '· fallback',
    )
  })
})

describe('the metrics', () => {
  test('are the newest forecast of each decision', () => {
    const lines = filesOf().get('metrics.prom')?.split('\n') ?? []
    const labels = 'station="beijing",decision="evening",hour="20",fallback="false",simulated="false"'
    expect(lines).toContain(`airq_forecast_aqi{${labels}} 155`)
    expect(lines).toContain(`airq_forecast_day_start_seconds{${labels}} 1767888000`)
    expect(lines).toContain('airq_ledger_rows 202')
    expect(lines.filter((line) => line.startsWith('airq_forecast_probability'))).toHaveLength(6)
  })

  test('without a forecast say what there is', () => {
    const text = filesOf(station({ ledger: [], days: days(5) })).get('metrics.prom') ?? ''
    expect(text).toContain('airq_ledger_rows 0')
    expect(text).not.toContain('airq_forecast_aqi')
  })
})
