import { describe, expect, test } from 'vitest'

import { samplePackage } from '../../src/testing/index.ts'
import type { Backtest } from '../../src/index.ts'
import { startComet } from './opened.ts'

const name = 'north-evening'

const backtest: Backtest = {
  days: ['2025-12-30', '2025-12-31', '2026-01-01'],
  actual: [50, 80, 120],
  forecast: [55, 75, 100],
  lower: [30, 50, 70],
  upper: [90, 110, 130],
}

const oneDay: Backtest = { days: ['2026-01-01'], actual: [120], forecast: [100] }

describe('the run of a published model', () => {
  test('has parameters, metrics, the backtest by steps, lineage, git, tags, times and charts', async () => {
    await using comet = await startComet()
    const registry = await comet.open()
    const sample = samplePackage()
    const lineage = { ...sample.lineage, gitCommit: 'c'.repeat(40) }
    const { version } = await registry.publish(
      { ...sample, lineage },
      {
        name,
        backtest,
        run: { startedAt: 1000, endedAt: 2000, tags: ['monthly'], git: { branch: 'main' } },
      },
    )
    const [run, ...others] = comet.fake.experiments()
    expect(others).toEqual([])
    expect(run).toMatchObject({
      name: 'north-evening 1.0.0',
      project: 'aqi',
      startTimeMillis: 1000,
      endTimeMillis: 2000,
      parameters: { depth: '4', features: '["lag1","lag7"]' },
      tags: [name, 'monthly'],
      git: { parent: 'c'.repeat(40), branch: 'main' },
      others: { model: name, version: '1.0.0', content_sha256: version.contentSha256, lineage_seed: '42' },
    })
    const byStep = [...(run?.metrics['backtest_forecast'] ?? [])].sort(
      (a, b) => (a.step ?? 0) - (b.step ?? 0),
    )
    expect(byStep).toEqual([
      { step: 0, value: '55' },
      { step: 1, value: '75' },
      { step: 2, value: '100' },
    ])
    expect(run?.metrics['mae']).toEqual([{ step: 0, value: '21.5' }])
    const files = run?.assets.filter(({ type }) => type === 'model-element').map(({ fileName }) => fileName)
    expect(files?.at(-1)).toBe('manifest.json')
    expect([...(files ?? [])].sort()).toEqual([
      'MLmodel',
      'lineage.json',
      'manifest.json',
      'metrics.json',
      'model-card.md',
      'model.json',
      'model.schema.json',
      'params.json',
    ])
    const charts = run?.assets.filter(({ type }) => type === 'asset') ?? []
    expect(charts.map(({ fileName }) => fileName)).toEqual([
      'charts/forecast-and-outcome.svg',
      'charts/outcome-by-forecast.svg',
      'charts/residuals.svg',
      'charts/reliability.svg',
    ])
    for (const { bytes } of charts) expect(Buffer.from(bytes).toString()).toMatch(/^<svg .*<\/svg>\n$/s)
    expect(Buffer.from(charts[3]?.bytes ?? []).toString()).toContain(
      '100 % of the outcomes within the interval',
    )
  })

  test.for([
    [{ ...backtest, forecast: [1, 2] }, /forecast has 2 values for 3 days/],
    [{ ...backtest, actual: [1, 2, Number.NaN] }, /actual holds NaN/],
    [{ ...backtest, days: ['2026-01-02', '2026-01-01', '2026-01-03'] }, /does not come after/],
    [{ days: backtest.days, actual: [1, 2, 3], forecast: [1, 2, 3], lower: [0, 0, 0] }, /one bound/],
  ] as const)('a backtest that does not fit is refused before anything is sent', async ([odd, message]) => {
    await using comet = await startComet()
    const registry = await comet.open()
    await expect(registry.publish(samplePackage(), { name, backtest: odd })).rejects.toThrow(message)
    expect(comet.fake.requests).toEqual([])
  })
})

describe('a publish that is broken off', () => {
  test('after any request, run again, gives one version, whole', async () => {
    const whole = await requestsOfOnePublish()
    for (let after = 1; after <= whole; after += 1) {
      for (const cut of after % 4 === 0 ? (['before', 'after'] as const) : (['after'] as const)) {
        await using comet = await startComet()
        const registry = await comet.open()
        comet.fake.fail({ effect: { cut }, after, times: Infinity })
        const first = await registry
          .publish(samplePackage(), { name, backtest })
          .catch((error: unknown) => error)
        if (after < whole) expect(first).toMatchObject({ code: 'registry-unavailable', retryable: true })
        await using next = await restored(comet)
        const again = await next.registry.publish(samplePackage(), { name, backtest: oneDay })
        expect(again.version.version).toBe('1.0.0')
        expect(await next.registry.list(name)).toEqual([again.version])
        expect(await next.registry.fetch(again.version)).toEqual(samplePackage())
        expect(comet.fake.versions(name)).toHaveLength(1)
      }
    }
  }, 60_000)

  test('for a moment only goes on by itself, and writes nothing twice', async () => {
    await using comet = await startComet()
    const registry = await comet.open()
    for (const path of ['upload-asset', 'parameter', 'metric', 'log-other', 'tags', 'registry-model']) {
      comet.fake.fail({ on: ['POST', path], effect: { cut: 'after' } })
    }
    await registry.publish(samplePackage(), { name })
    expect(comet.fake.versions(name)).toHaveLength(1)
    const [run] = comet.fake.experiments()
    expect(run?.metrics['mae']).toHaveLength(1)
    expect(run?.assets).toHaveLength(8)
  })
})

describe('two trainers at once', () => {
  test.for(['refused', 'accepted'] as const)(
    'with one content share a version, where a second is %s',
    async (duplicates) => {
      await using comet = await startComet({ duplicates })
      const results = await Promise.all(
        [1, 2].map(async () => (await comet.open()).publish(samplePackage(), { name })),
      )
      expect(results.map(({ version }) => version.version)).toEqual(['1.0.0', '1.0.0'])
      expect(results.filter(({ created }) => created)).toHaveLength(1)
      expect(await (await comet.open()).list(name)).toHaveLength(1)
      expect(comet.fake.versions(name)).toHaveLength(1)
    },
  )

  test.for(['refused', 'accepted'] as const)(
    'with two contents get a version each, where a second is %s',
    async (duplicates) => {
      await using comet = await startComet({ duplicates })
      const results = await Promise.all(
        [1, 2].map(async (slope) => (await comet.open()).publish(samplePackage(slope), { name })),
      )
      expect(results.map(({ version }) => version.version).sort()).toEqual(['1.0.0', '1.1.0'])
      const registry = await comet.open()
      for (const [index, { version }] of results.entries()) {
        expect(await registry.fetch(version)).toEqual(samplePackage(index + 1))
      }
      expect(comet.fake.versions(name)).toHaveLength(2)
    },
  )
})

async function requestsOfOnePublish(): Promise<number> {
  await using comet = await startComet()
  const registry = await comet.open()
  await registry.publish(samplePackage(), { name, backtest: oneDay })
  return comet.fake.requests.length
}

/** The connection holds again. */
async function restored(comet: Awaited<ReturnType<typeof startComet>>) {
  comet.fake.heal()
  const registry = await comet.open()
  return { registry, [Symbol.asyncDispose]: () => registry.close() }
}
