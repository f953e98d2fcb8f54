import { describe, expect, test } from 'vitest'
import { run, workplace } from './support/bins.ts'

const CONFIG = `
stations:
  - id: nowhere
    name: Nowhere
    timeZone: Europe/Vienna
    source: { kind: simulator, seed: 5, years: 3 }
`
const NOW = '2024-07-01T09:00:00+02:00'

describe('a simulated station, from history to forecast', () => {
  test('three processes that meet only in the store and the registry', async () => {
    await using place = await workplace(CONFIG)
    const args = [place.config, '--state', place.state, '--now', NOW, '--json']

    const imported = await run('batch-feature-pipeline', args)
    expect(imported.code).toBe(0)
    expect(imported.summary).toMatchObject({
      stations: [{ station: 'nowhere', simulated: true, lastDay: '2024-06-30' }],
      unchanged: 0,
    })
    expect(imported.summary['written']).toBeGreaterThan(1000)

    const trained = await run('training-pipeline', args)
    expect(trained.code).toBe(0)
    const [model] = trained.summary['models']
    expect(model).toMatchObject({ outcome: 'first', version: '1.0.0', simulated: true, test: { n: 365 } })
    expect(model.scores.airq.mae).toBeLessThan(model.scores.persistence.mae)

    const inferred = await run('inference-pipeline', args)
    expect(inferred.code).toBe(0)
    const [forecast] = inferred.summary['forecasts']
    expect(forecast).toMatchObject({
      day: '2024-07-01',
      issueSlot: '2024-06-30T24',
      horizon: 1,
      lead: 1,
      basedOn: { lastFinalDay: '2024-06-30', hoursToday: null },
      model: { name: 'nowhere-end-of-day', version: '1.0.0' },
      simulated: true,
      fallback: false,
      revision: 0,
      new: true,
    })
    expect(forecast.lower).toBeLessThanOrEqual(forecast.aqi)
    expect(forecast.upper).toBeGreaterThanOrEqual(forecast.aqi)
    const shares: number[] = Object.values(forecast.probabilities)
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9)
  })

  test('run again, each of the three changes nothing', async () => {
    await using place = await workplace(CONFIG)
    const args = [place.config, '--state', place.state, '--now', NOW, '--json']
    const once = async () => {
      const imported = await run('batch-feature-pipeline', args)
      const trained = await run('training-pipeline', args)
      const inferred = await run('inference-pipeline', args)
      return {
        imported: imported.summary,
        model: trained.summary['models'][0],
        forecast: inferred.summary['forecasts'][0],
      }
    }
    const first = await once()
    const second = await once()
    expect(second.imported).toMatchObject({ written: 0, unchanged: first.imported['written'] })
    expect(second.model).toEqual({
      ...first.model,
      gate: { because: 'refit', gain: 0, pValue: null },
      outcome: 'unchanged',
    })
    expect(second.forecast).toEqual({ ...first.forecast, new: false })
  })

  test('what people read is marked as simulated on every line', async () => {
    await using place = await workplace(CONFIG)
    const args = [place.config, '--state', place.state, '--now', NOW, '--log-level', 'warn']
    for (const bin of [
      'batch-feature-pipeline',
      'training-pipeline',
      'inference-pipeline',
      'backtest',
    ] as const) {
      const { stdout, stderr } = await run(bin, args)
      expect(stderr).toBe('')
      const lines = stdout
        .trimEnd()
        .split('\n')
        .filter((line) => line !== '')
      expect(lines.filter((line) => !line.startsWith('[simulated] '))).toEqual([])
    }
  })

  test('a day later the forecast is for the day after, and a new model takes over', async () => {
    await using place = await workplace(CONFIG)
    const at = (now: string) => [place.config, '--state', place.state, '--now', now, '--json']
    const later = '2024-07-02T09:00:00+02:00'
    for (const now of [NOW, later]) {
      await run('batch-feature-pipeline', at(now))
      await run('training-pipeline', at(now))
      await run('inference-pipeline', at(now))
    }
    const trained = await run('training-pipeline', at(later))
    expect(trained.summary['models'][0]).toMatchObject({ outcome: 'unchanged', version: '1.1.0' })
    const again = await run('inference-pipeline', at(later))
    expect(again.summary['forecasts'][0]).toMatchObject({
      day: '2024-07-02',
      model: { version: '1.1.0' },
      new: false,
    })
  })

  test('a replay of an earlier day with a newer model is a new revision, and says what it is', async () => {
    await using place = await workplace(CONFIG)
    const at = (now: string) => [place.config, '--state', place.state, '--now', now, '--json']
    await run('batch-feature-pipeline', at(NOW))
    await run('training-pipeline', at(NOW))
    const replay = await run('inference-pipeline', at('2024-06-20T09:00:00+02:00'))
    expect(replay.summary['warnings']).toMatchObject([{ code: 'model-knows-later-days' }])
    expect(replay.summary['forecasts'][0]).toMatchObject({
      day: '2024-06-20',
      basedOn: { lastFinalDay: '2024-06-19' },
    })
  })
})
