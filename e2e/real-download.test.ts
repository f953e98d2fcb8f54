import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ROOT } from '../scripts/built-apps.mts'
import { run, workplace } from './support/bins.ts'
import { dailyRows } from './support/store.ts'

const FILE = join(ROOT, '..', 'shared', 'data', 'aqicn', 'beijing.csv')
const there = existsSync(FILE)
if (!there) console.warn(`skipped: the real Beijing download is not at ${FILE}`)
const NOW = '2026-01-06T00:00:00+08:00'

/** The same history as a computer east of UTC would have labelled it: every label a day earlier. */
function relabelledEast(text: string): string {
  return text.replaceAll(/^(\d+)\/(\d+)\/(\d+)/gm, (_, year: string, month: string, day: string) => {
    const before = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day) - 1))
    return [before.getUTCFullYear(), before.getUTCMonth() + 1, before.getUTCDate()].join('/')
  })
}

describe.skipIf(!there)("twelve real years of Beijing's air", () => {
  test('import, training and forecast give the figures that are known of this file', async () => {
    await using place = await workplace()
    const args = [place.config, '--state', place.state, '--now', NOW, '--json']
    const imported = await run('batch-feature-pipeline', [...args, '--csv', FILE])
    expect(imported.summary['stations']).toMatchObject([
      { firstDay: '2014-01-01', lastDay: '2026-01-05', alignment: { columns: { pm25: -1, pm10: 0 } } },
    ])
    const trained = await run('training-pipeline', args)
    const [model] = trained.summary['models']
    expect(model.test).toEqual({ n: 365, firstDay: '2025-01-02', lastDay: '2026-01-05' })
    expect(Math.abs(model.scores.persistence.mae - 31.99)).toBeLessThanOrEqual(0.05)
    expect(model.scores.airq.mae).toBeLessThanOrEqual(28.3)
    // Near 12 would be a leak: the raw file's PM2.5 was measured the day before its label.
    expect(model.scores.airq.mae).toBeGreaterThan(20)
    const inferred = await run('inference-pipeline', args)
    expect(inferred.summary['forecasts'][0]).toMatchObject({ day: '2026-01-06', lead: 1, simulated: false })
  })

  test('labelled east of UTC it gives the identical days', async () => {
    await using place = await workplace()
    const east = await place.file('beijing-east.csv', relabelledEast(readFileSync(FILE, 'utf8')))
    const args = (state: string, file: string) => [place.config, '--state', state, '--csv', file, '--json']
    const [a, b] = [`${place.state}-west`, `${place.state}-east`]
    await run('batch-feature-pipeline', args(a, FILE))
    const imported = await run('batch-feature-pipeline', args(b, east))
    expect(imported.summary['stations'][0].alignment.columns).toMatchObject({ pm25: 0, pm10: 1 })
    expect(dailyRows(b)).toEqual(dailyRows(a))
  })
})
