import { describe, expect, test, vi } from 'vitest'

import { samplePackage } from '../../src/testing/index.ts'
import { startMlflow } from './opened.ts'
import { raw } from './raw.ts'

vi.setConfig({ testTimeout: 30_000 })

const name = 'north-evening'

describe('the run of a version', () => {
  test('holds parameters, metrics, where the code is from and what the rows were', async () => {
    await using mlflow = await startMlflow()
    const registry = await mlflow.open({ experiment: 'air quality' })
    const lineage = { ...samplePackage().lineage, gitCommit: 'c0ffee' }
    await registry.publish(samplePackage(1, { lineage }), {
      name,
      run: {
        startedAt: 1000,
        endedAt: 2000,
        tags: ['nightly'],
        git: { branch: 'main', origin: 'https://git.example/airq', user: 'ann' },
      },
    })
    const [run] = await raw(mlflow.fake).runs('air%20quality')
    expect(run?.info).toMatchObject({
      run_name: 'north-evening 1.0.0',
      status: 'FINISHED',
      start_time: 1000,
      end_time: 2000,
    })
    expect(Object.fromEntries((run?.data.tags ?? []).map(({ key, value }) => [key, value]))).toMatchObject({
      nightly: 'true',
      semver: '1.0.0',
      'mlflow.source.git.commit': 'c0ffee',
      'mlflow.source.git.branch': 'main',
      'mlflow.source.git.repoURL': 'https://git.example/airq',
      'mlflow.user': 'ann',
    })
    expect(run?.data.params).toContainEqual({ key: 'features', value: '["lag1","lag7"]' })
    expect(run?.data.metrics).toContainEqual({
      key: 'mae',
      value: 21.5,
      step: 0,
      timestamp: Date.UTC(2026, 0, 2),
    })
    expect(run).toMatchObject({
      inputs: { dataset_inputs: [{ dataset: { name: 'training rows', digest: 'a'.repeat(36) } }] },
    })
    expect([...mlflow.fake.artifacts.keys()].map((path) => path.replace(/^.*\/artifacts\//, ''))).toContain(
      'model/MLmodel',
    )
  })

  test('draws a backtest, a step a day', async () => {
    await using mlflow = await startMlflow()
    const registry = await mlflow.open()
    const days = Array.from({ length: 400 }, (_, day) =>
      new Date(Date.UTC(2025, 0, 1 + day)).toISOString().slice(0, 10),
    )
    const actual = days.map((_, day) => 50 + (day % 7))
    const forecast = actual.map((value) => value + 1)
    await registry.publish(samplePackage(), { name, backtest: { days, actual, forecast } })
    const [run] = await raw(mlflow.fake).runs(name)
    const history = (await raw(mlflow.fake).call(
      'GET',
      `metrics/get-history?run_id=${run?.info.run_id ?? ''}&metric_key=backtest/forecast`,
    )) as { metrics: { step: number; value: number; timestamp: number }[] }
    expect(history.metrics).toHaveLength(400)
    expect(history.metrics[6]).toEqual({
      key: 'backtest/forecast',
      step: 6,
      value: 57,
      timestamp: Date.UTC(2025, 0, 7),
    })
  })

  test('keeps charts of a backtest beside the package', async () => {
    await using mlflow = await startMlflow()
    const registry = await mlflow.open()
    const backtest = { days: ['2026-01-01', '2026-01-02'], actual: [50, 60], forecast: [52, 58] }
    await registry.publish(samplePackage(), { name, backtest })
    const charts = [...mlflow.fake.artifacts].filter(([path]) =>
      /\/artifacts\/charts\/[a-z-]+\.svg$/.test(path),
    )
    expect(charts.length).toBeGreaterThan(1)
    for (const [, content] of charts) expect(Buffer.from(content).toString()).toMatch(/^<svg/)
  })

  test.each([
    ['series of other lengths', { days: ['2026-01-01'], actual: [1], forecast: [1, 2] }],
    ['a value that is none', { days: ['2026-01-01'], actual: [Number.NaN], forecast: [1] }],
    ['a day that is none', { days: ['yesterday'], actual: [1], forecast: [1] }],
  ])('a backtest with %s is refused before anything is sent', async (_, backtest) => {
    await using mlflow = await startMlflow()
    await expect((await mlflow.open()).publish(samplePackage(), { name, backtest })).rejects.toMatchObject({
      code: 'bad-arguments',
    })
    expect(mlflow.fake.requests).toEqual([])
  })

  test('names and values that MLflow does not take do not keep a version from being published', async () => {
    await using mlflow = await startMlflow()
    const registry = await mlflow.open()
    const odd = ['größe', '../up', '/root', 'a//b', '', 'x'.repeat(300), 'a?b', 'a&b', '.', 'trailing/']
    const pkg = samplePackage(1, {
      metrics: Object.fromEntries(odd.map((key, index) => [key, index])),
      params: {
        ...Object.fromEntries(odd.map((key) => [key, key])),
        ...Object.fromEntries(Array.from({ length: 120 }, (_, index) => [`p${String(index)}`, index])),
        long: 'y'.repeat(9000),
      },
    })
    const { version } = await registry.publish(pkg, { name })
    expect(version.params).toEqual(pkg.params)
    expect(version.metrics).toEqual(pkg.metrics)
    expect(await registry.list(name)).toEqual([version])
    expect(await registry.fetch(version)).toEqual(pkg)
  })

  test('facts in tags need no files; facts too long for tags are read from files', async () => {
    await using mlflow = await startMlflow()
    const registry = await mlflow.open()
    await registry.publish(samplePackage(1), { name })
    const params = { notes: 'z'.repeat(5000) }
    const long = await registry.publish(samplePackage(2, { params }), { name })
    const before = mlflow.fake.requests.length
    expect((await registry.resolve(name, { version: '1.0.0' }))?.params).toEqual(samplePackage().params)
    const files = () =>
      mlflow.fake.requests.slice(before).filter(({ path }) => path.includes('mlflow-artifacts'))
    expect(files()).toEqual([])
    expect(await registry.resolve(name, { version: '1.1.0' })).toEqual(long.version)
    expect(files()).toHaveLength(4)
  })

  test('a version whose tags were edited is damaged', async () => {
    await using mlflow = await startMlflow()
    const registry = await mlflow.open()
    const { version } = await registry.publish(samplePackage(1), { name })
    const edit = { name, version: '1', key: 'airq_metrics', value: '{"mae":"low"}' }
    await raw(mlflow.fake).call('POST', 'model-versions/set-tag', edit)
    await expect(registry.list(name)).rejects.toMatchObject({ code: 'package-damaged' })
    expect(await registry.fetch(version)).toEqual(samplePackage(1))
  })

  test('more versions than a page holds are all found', async () => {
    await using mlflow = await startMlflow()
    const registry = await mlflow.open()
    await registry.publish(samplePackage(1), { name })
    const [first] = await raw(mlflow.fake).versions(name)
    for (let minor = 1; minor <= 1001; minor += 1) {
      const tags = (first?.tags ?? []).map(({ key, value }) =>
        key === 'semver' ? { key, value: `1.${String(minor)}.0` } : { key, value },
      )
      await raw(mlflow.fake).call('POST', 'model-versions/create', { name, ...first, tags })
    }
    expect(await registry.list(name)).toHaveLength(1002)
    expect((await registry.resolve(name, 'latest'))?.version).toBe('1.1001.0')
  })
})
