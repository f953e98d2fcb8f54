import { describe, expect, test } from 'vitest'
import { dailyRows } from './support/store.ts'
import { run, workplace } from './support/bins.ts'
import { history, LAST_DAY, NOW } from './support/histories.ts'

const importArgs = (place: { config: string; state: string }, file: string) =>
  [place.config, '--csv', file, '--state', place.state, '--json'] as const

describe('importing an aqicn download', () => {
  test('columns go to their true days, the newest day is left out', async () => {
    await using place = await workplace()
    const file = await place.file('beijing-air-quality.csv', history())
    const { code, summary } = await run('batch-feature-pipeline', importArgs(place, file))
    expect(code).toBe(0)
    expect(summary['stations']).toMatchObject([
      {
        station: 'beijing',
        simulated: false,
        lastDay: LAST_DAY,
        lastDayKnownAt: new Date(NOW).toISOString(),
        alignment: { columns: { pm25: -1, pm10: 0 }, method: 'block-marks', confidence: 'high' },
      },
    ])
  })

  test('east and west of UTC give the same days', async () => {
    await using place = await workplace()
    const rows: unknown[] = []
    for (const zone of ['west', 'east'] as const) {
      const state = `${place.state}-${zone}`
      const file = await place.file(`beijing-${zone}.csv`, history(zone))
      const { summary } = await run('batch-feature-pipeline', importArgs({ ...place, state }, file))
      expect(summary['stations'][0].alignment.columns.pm25).toBe(zone === 'west' ? -1 : 0)
      rows.push(dailyRows(state))
    }
    expect(rows[1]).toEqual(rows[0])
  })

  test('downloaded where summer time crosses UTC, the zone itself tells', async () => {
    await using place = await workplace()
    const file = await place.file('beijing.csv', history({ timeZone: 'Europe/Lisbon' }))
    const args = [...importArgs(place, file), '--download-zone', 'Europe/Lisbon']
    const { code } = await run('batch-feature-pipeline', args)
    expect(code).toBe(0)
    const state = `${place.state}-west`
    await run(
      'batch-feature-pipeline',
      importArgs({ ...place, state }, await place.file('beijing-w.csv', history())),
    )
    const west = new Map(dailyRows(state).map((row) => [row['day'], row]))
    const lisbon = dailyRows(place.state)
    expect(lisbon.length).toBeGreaterThan(west.size - 15)
    expect(lisbon.every((row) => JSON.stringify(row) === JSON.stringify(west.get(row['day'])))).toBe(true)
  })

  test('twice writes nothing the second time; a newer download adds and corrects', async () => {
    await using place = await workplace()
    const old = await place.file('beijing.csv', history('west', 3, '2024-06-20'))
    const first = await run('batch-feature-pipeline', importArgs(place, old))
    const second = await run('batch-feature-pipeline', importArgs(place, old))
    expect(second.summary).toMatchObject({ written: 0, unchanged: first.summary['written'] })

    const corrected = history().replace(/^2024\/5\/5, \d+, \d+/m, '2024/5/5, 7, 333')
    const newer = await place.file('beijing (1).csv', corrected)
    const third = await run('batch-feature-pipeline', importArgs(place, newer))
    const before = dailyRows(place.state, '2024-06-20')
    expect(third.summary['stations'][0].lastDay).toBe(LAST_DAY)
    // Ten new days, the corrected day, and the day before it, whose PM2.5 its label holds.
    expect(third.summary['written']).toBe(12 + startsLater(first, third))
    expect(before.find((row) => row['day'] === '2024-05-05')).toMatchObject({ pm10: 333, aqi: 333 })
  })

  const startsLater = (a: { summary: Record<string, any> }, b: { summary: Record<string, any> }) =>
    a.summary['stations'][0].firstDay > b.summary['stations'][0].firstDay ? 1 : 0

  test('a sorted file asks for the download zone, and takes it', async () => {
    await using place = await workplace()
    const [header = '', ...rows] = history().split('\n')
    const key = (row: string) => Date.parse(`${(row.split(',')[0] ?? '').replaceAll('/', '-')} UTC`)
    const file = await place.file(
      'beijing.csv',
      [header, ...rows.toSorted((a, b) => key(a) - key(b))].join('\n'),
    )
    const refused = await run('batch-feature-pipeline', importArgs(place, file))
    expect(refused.code).toBe(2)
    expect(refused.summary['error']).toMatchObject({
      code: 'download-zone-unknown',
      hint: expect.stringContaining('--download-zone'),
    })
    const told = await run('batch-feature-pipeline', [...importArgs(place, file), '--download-zone', 'west'])
    expect(told.summary['stations']).toMatchObject([
      { lastDay: LAST_DAY, alignment: { method: 'download-zone' } },
    ])

    const scored = await run('backtest', [place.config, '--csv', file, '--json'])
    expect(scored.code).toBe(0)
    expect(scored.summary['warnings']).toMatchObject([{ code: 'download-zone-presumed' }])
  })

  test.each([
    ['a ; between the cells', (text: string) => text.replaceAll(',', ';')],
    ['a TAB between the cells', (text: string) => text.replaceAll(',', '\t')],
    ['Windows line ends and a byte order mark', (text: string) => `\uFEFF${text.replaceAll('\n', '\r\n')}`],
  ])('%s makes no difference', async (_, rewrite) => {
    await using place = await workplace()
    const plain = await place.file('beijing.csv', history())
    await run('batch-feature-pipeline', importArgs(place, plain))
    const other = await place.file('beijing-other.csv', rewrite(history()))
    const { code, summary } = await run('batch-feature-pipeline', importArgs(place, other))
    expect(code).toBe(0)
    expect(summary).toMatchObject({ written: 0, warnings: [] })
  })

  test('single bad dates, bad cells and days that disagree are counted and passed over', async () => {
    await using place = await workplace()
    const text = history()
      .replace('2024/5/2,', '2024/5/42,')
      .replace('2024/5/9, ', '2024/5/9, 645s')
      .concat('\n2024/5/12, 1, 2, 3, 4, 5, 6')
    const file = await place.file('beijing.csv', text)
    const { code, summary } = await run('batch-feature-pipeline', importArgs(place, file))
    expect(code).toBe(0)
    expect(summary['warnings'].map((warning: { code: string }) => warning.code).toSorted()).toEqual([
      'bad-date',
      'bad-number',
      'duplicate-day',
    ])
    const rows = dailyRows(place.state)
    expect(rows.find((row) => row['day'] === '2024-05-12')).toMatchObject({ pm10: 2, co: 6 })
  })

  test('rows after --now are counted and left out', async () => {
    await using place = await workplace()
    const file = await place.file('beijing.csv', history())
    const { code, summary } = await run('batch-feature-pipeline', [
      ...importArgs(place, file),
      '--now',
      '2024-06-11T00:00:00+08:00',
    ])
    expect(code).toBe(0)
    expect(summary['stations'][0].lastDay).toBe('2024-06-10')
    expect(summary['warnings']).toMatchObject([{ code: 'after-now' }])
  })

  test('several files, the flag repeated or followed by all of them', async () => {
    await using place = await workplace()
    const [a, b] = [
      await place.file('beijing-1.csv', history()),
      await place.file('beijing-2.csv', history()),
    ]
    for (const files of [
      ['--csv', a, b],
      ['--csv', a, '--csv', b],
      ['--', place.config, '--csv', a, b].slice(2),
    ]) {
      const { code, summary } = await run('batch-feature-pipeline', [
        place.config,
        ...files,
        '--state',
        place.state,
        '--json',
      ])
      expect([code, summary['stations'].length]).toEqual([0, 2])
    }
  })
})
