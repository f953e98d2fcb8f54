import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { describe, expect, test } from 'vitest'

import type { ModelRegistry } from '../src/index.ts'
import { openLocalRegistry } from '../src/local/index.ts'
import { samplePackage } from '../src/testing/index.ts'
import { temporaryFolder } from './temporary.ts'

const name = 'north-evening'
const clock = { now: () => Date.UTC(2026, 1, 3) }

/** A registry as format 1 left it: two versions, three promotions. */
async function goldenRegistry(): Promise<{ path: string; registry: ModelRegistry }> {
  const golden = new URL('fixtures/golden/format-1.json', import.meta.url)
  const files = JSON.parse(await readFile(golden, 'utf8')) as Record<string, string>
  const path = await temporaryFolder()
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(path, file)), { recursive: true })
    await writeFile(join(path, file), text)
  }
  return { path, registry: await openLocalRegistry({ path, clock }) }
}

describe('a folder of format 1', () => {
  test('is read: packages, stages and history', async () => {
    const { registry } = await goldenRegistry()
    expect(await registry.names()).toEqual([name])
    const [first, second] = await registry.list(name)
    expect(first).toMatchObject({ version: '1.0.0', stages: [], retired: null })
    expect(second).toMatchObject({ version: '1.1.0', stages: ['production', 'candidate'] })
    expect(await registry.fetch({ name, version: '1.0.0' })).toEqual(samplePackage(1))
    expect(await registry.fetch({ name, version: '1.1.0' })).toEqual(samplePackage(2))
    const history = await registry.history(name)
    expect(history.map(({ stage, from, to, at }) => [stage, from, to, at])).toEqual([
      ['production', null, '1.0.0', '2026-01-02T00:03:00.000Z'],
      ['candidate', null, '1.1.0', '2026-01-02T00:04:00.000Z'],
      ['production', '1.0.0', '1.1.0', '2026-01-02T00:05:00.000Z'],
    ])
    expect(history[0]).toMatchObject({ by: null, scores: {}, kind: 'promotion', reason: 'the first model' })
  })

  test('goes on: publish, rollback and retire write the new format beside the old', async () => {
    const { path, registry } = await goldenRegistry()
    expect((await registry.publish(samplePackage(2), { name })).created).toBe(false)
    expect((await registry.publish(samplePackage(3), { name })).version.version).toBe('1.2.0')
    expect((await registry.rollback(name, 'production', { reason: 'back' })).to).toBe('1.0.0')
    await registry.promote({ name, version: '1.2.0' }, 'candidate', { reason: 'new' })
    await registry.retire({ name, version: '1.1.0' }, { reason: 'old' })
    expect((await registry.list(name)).map(({ stages }) => stages)).toEqual([
      ['production'],
      [],
      ['candidate'],
    ])
    expect(await registry.history(name)).toHaveLength(5)
    const record: unknown = JSON.parse(
      await readFile(join(path, name, 'promotions', '000006', 'promotion.json'), 'utf8'),
    )
    expect(record).toMatchObject({
      formatVersion: 2,
      kind: 'retirement',
      version: '1.1.0',
      retired: { '1.1.0': { by: null, reason: 'old' } },
    })
  })
})

describe('a version folder', () => {
  test('is what MLflow calls a model, with a card for people', async () => {
    const path = await temporaryFolder()
    const registry = await openLocalRegistry({ path, clock })
    const signature = {
      inputs: [{ name: 'lag_1', type: 'double' as const }],
      outputs: [{ name: 'aqi', type: 'double' as const }],
    }
    const description = { title: 'North *tomorrow*', purpose: 'Tells tomorrow.', limits: ['Not for fog.'] }
    const metrics = { airq_mae: 21.5, persistence_mae: 31, days: 365 }
    await registry.publish(samplePackage(1, { signature, description, metrics }), { name })
    const folder = join(path, name, '1.0.0')
    const mlModel = await readFile(join(folder, 'MLmodel'), 'utf8')
    expect(mlModel).toContain('utc_time_created: "2026-02-03 00:00:00.000000"\n')
    expect(mlModel).toContain('flavors:\n  airq_json:\n    data: model.json\n')
    expect(mlModel).toContain(
      `  inputs: ${JSON.stringify('[{"type":"double","name":"lag_1","required":true}]')}`,
    )
    expect(mlModel).not.toContain('python_function')
    const card = await readFile(join(folder, 'model-card.md'), 'utf8')
    expect(card).toContain('# North \\*tomorrow\\*\n')
    expect(card).toContain('| model | mae |\n| --- | --- |\n| airq | 21.5 |\n| persistence | 31 |')
    expect(card).toContain('| days | 365 |')
    expect(card).toContain('- Not for fog.')
  })
})
