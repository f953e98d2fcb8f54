import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { alignHistory, localDay, parseHistoricalCsv } from '@airq/aqi-client'
import { exportHistoricalCsv, simulateWorld } from '@airq/aqi-client/simulator'
import type { FeatureStore } from '@airq/feature-store'
import { openSqliteStore } from '@airq/feature-store/sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { aqiImports, type AqiImportRow, importsBy, newImports, readRows, shiftsOf } from '../src/index.ts'

const timeZone = 'Asia/Shanghai'
const NOW = Date.UTC(2025, 0, 10)
const HOUR = 3_600_000

function download(zone: 'west' | 'east' | { timeZone: string } = 'west', lastDay = '2025-01-08') {
  const span = { firstDay: localDay('2023-06-01'), lastDay: localDay(lastDay) }
  const csv = exportHistoricalCsv(simulateWorld({ seed: 1, timeZone, ...span }), { downloadZone: zone })
  const downloadZone = typeof zone === 'string' ? 'auto' : zone
  const history = alignHistory(parseHistoricalCsv(csv), { timeZone, downloadZone })
  return { station: 'beijing', sourceKind: 'aqicn-csv', downloadZone, history } as const
}

let folder: string
let store: FeatureStore
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'airq-imports-'))
  store = await openSqliteStore({ path: join(folder, 'store.sqlite'), clock: { now: () => NOW } })
  await store.ensure(aqiImports)
})
afterEach(async () => {
  await store.close()
  await rm(folder, { recursive: true })
})

/** Imports these in one run; gives how many rows it added. */
async function imported(now: number, ...downloads: readonly ReturnType<typeof download>[]) {
  const rows = await newImports(store, downloads, now)
  await store.upsert(aqiImports, rows)
  return rows.length
}
const stored = () => readRows(store.read(aqiImports))

describe('aqi_imports', () => {
  test('a row tells how the columns came to their days', async () => {
    expect(await imported(NOW, download('east'))).toBe(1)
    expect(await stored()).toMatchObject([
      {
        station: 'beijing',
        number: 0,
        source_kind: 'aqicn-csv',
        first_day: '2023-06-01',
        last_day: '2025-01-07',
        shift_pm25: 0,
        shift_pm10: 1,
        stretches: 1,
        method: 'block-marks',
        confidence: 'high',
        download_zone: 'auto',
        known_at: NOW,
      },
    ])
  })

  test('the same import again is none, be it of one file or of several', async () => {
    const [old, newer] = [download('west', '2024-12-01'), download('west')]
    expect(await imported(NOW, old, newer)).toBe(2)
    expect(await imported(NOW + HOUR, old, newer)).toBe(0)
    expect(await imported(NOW + HOUR, newer)).toBe(0)
    expect((await stored()).map(({ known_at: at }) => at)).toEqual([NOW, NOW])
  })

  test('another file, other values, or another alignment of the same days is one', async () => {
    const first = download('west')
    await imported(NOW, first)
    const { history } = first
    const days = history.days.with(3, { ...(history.days[3] ?? never()), aqi: 321 })
    expect(await imported(NOW + HOUR, { ...first, history: { ...history, days } })).toBe(1)
    expect(await imported(NOW + 2 * HOUR, download('east'))).toBe(1)
    expect(await imported(NOW + 3 * HOUR, first)).toBe(1)
    expect((await stored()).map((row) => [row.number, row.shift_pm25])).toEqual([
      [0, -1],
      [1, -1],
      [2, 0],
      [3, -1],
    ])
  })

  test('what shifts with summer time is told as stretches', async () => {
    await imported(NOW, download({ timeZone: 'Europe/Lisbon' }))
    const [row] = await stored()
    expect(row?.stretches).toBeGreaterThan(1)
    expect(row?.download_zone).toBe('Europe/Lisbon')
  })

  test('stations count for themselves', async () => {
    await imported(NOW, download())
    expect(await imported(NOW, { ...download(), station: 'other' } as never)).toBe(1)
    expect((await stored()).map(({ station, number }) => [station, number])).toEqual([
      ['beijing', 0],
      ['other', 0],
    ])
  })
})

test('imports are told in their order, up to an instant; a column that is not there has no shift', async () => {
  await imported(NOW, download())
  const [row = never()] = await stored()
  const later: AqiImportRow = { ...row, number: 1, known_at: NOW + HOUR, shift_o3: null }
  expect(importsBy([later, row], NOW + HOUR).map(({ number }) => number)).toEqual([0, 1])
  expect(importsBy([later, row], NOW)).toEqual([row])
  expect(shiftsOf(later)).toEqual({ pm25: -1, pm10: 0, no2: 0, so2: 0, co: 0 })
})

function never(): never {
  throw new Error('there is one')
}
