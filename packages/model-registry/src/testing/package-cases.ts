import assert from 'node:assert/strict'

import { contentSha256 } from '../package-content.ts'
import type { Json, ModelPackage } from '../types.ts'
import { failure, versionsOf, type RegistryTest } from './harness.ts'
import { samplePackage } from './sample-package.ts'

const name = 'north-evening'

/** Publishing packages and getting them back. */
export const packageCases: Readonly<Record<string, RegistryTest>> = {
  'a package comes back as it was published': async ({ registry }) => {
    const pkg = samplePackage()
    const { version, created } = await registry.publish(pkg, { name })
    assert.equal(created, true)
    assert.equal(version.name, name)
    assert.equal(version.version, '1.0.0')
    assert.equal(version.contentSha256, contentSha256(pkg))
    assert.equal(new Date(version.createdAt).toISOString(), version.createdAt)
    assert.deepEqual(version.stages, [])
    assert.equal(version.retired, null)
    const { metrics, params, lineage } = pkg
    assert.deepEqual(
      { metrics: version.metrics, params: version.params, lineage: version.lineage },
      { metrics, params, lineage },
    )
    assert.deepEqual(await registry.fetch(version), pkg)
    assert.deepEqual(await registry.list(name), [version])
  },

  'signature and description come back too': async ({ registry }) => {
    const pkg = samplePackage(1, {
      signature: {
        inputs: [
          { name: 'lag_1', type: 'double' },
          { name: 'place', type: 'string', required: false },
        ],
        outputs: [{ name: 'aqi', type: 'double' }],
      },
      description: {
        title: 'North',
        purpose: 'Tomorrow.',
        data: 'Days.',
        limits: ['Never tried | in *fog*.'],
      },
    })
    const { version } = await registry.publish(pkg, { name })
    assert.deepEqual(await registry.fetch(version), pkg)
    // They are no part of the content.
    assert.equal((await registry.publish(samplePackage(1), { name })).created, false)
  },

  'other content is the next minor version, the same content none': async ({ registry }) => {
    await registry.publish(samplePackage(1), { name })
    const second = await registry.publish(samplePackage(2), { name })
    assert.equal(second.version.version, '1.1.0')
    const again = await registry.publish(samplePackage(2, { metrics: { mae: 1 } }), { name })
    assert.equal(again.created, false)
    assert.deepEqual(again.version, second.version)
    // The content of an older version is new beside the latest.
    assert.equal((await registry.publish(samplePackage(1), { name })).version.version, '1.2.0')
    assert.deepEqual(await versionsOf(registry, name), ['1.0.0', '1.1.0', '1.2.0'])
  },

  'the order of keys makes no other content': async ({ registry }) => {
    const pkg = samplePackage()
    await registry.publish(pkg, { name })
    const model = Object.fromEntries(Object.entries(pkg.model as Record<string, Json>).reverse())
    assert.equal((await registry.publish({ ...pkg, model }, { name })).created, false)
  },

  'a named version is taken once, by one content': async ({ registry }) => {
    await registry.publish(samplePackage(1), { name, version: '2.0.0' })
    assert.equal((await registry.publish(samplePackage(1), { name, version: '2.0.0' })).created, false)
    const error = await failure(
      'version-conflict',
      registry.publish(samplePackage(2), { name, version: '2.0.0' }),
    )
    assert.match(error.message, /2\.0\.0/)
    assert.deepEqual(await registry.fetch({ name, version: '2.0.0' }), samplePackage(1))
  },

  'versions stand in semantic order': async ({ registry }) => {
    for (const version of ['1.10.0', '1.9.0', '1.9.10', '1.9.2', '0.20.0']) {
      await registry.publish(samplePackage(Number(version.replaceAll('.', ''))), { name, version })
    }
    assert.deepEqual(await versionsOf(registry, name), ['0.20.0', '1.9.0', '1.9.2', '1.9.10', '1.10.0'])
    assert.equal((await registry.resolve(name, 'latest'))?.version, '1.10.0')
    assert.equal((await registry.publish(samplePackage(7), { name })).version.version, '1.11.0')
  },

  'names do not see one another': async ({ registry }) => {
    await registry.publish(samplePackage(), { name: 'north' })
    assert.equal((await registry.publish(samplePackage(), { name: 'south' })).version.version, '1.0.0')
    assert.deepEqual(await versionsOf(registry, 'north'), ['1.0.0'])
    assert.deepEqual(await versionsOf(registry, 'nor'), [])
    assert.deepEqual(await registry.names(), ['north', 'south'])
  },

  'what is not there is null, or not found': async ({ registry }) => {
    assert.deepEqual(await registry.names(), [])
    assert.deepEqual(await registry.list(name), [])
    assert.equal(await registry.resolve(name, 'latest'), null)
    assert.equal(await registry.resolve(name, { version: '1.0.0' }), null)
    assert.equal(await registry.resolve(name, { stage: 'production' }), null)
    assert.deepEqual(await registry.history(name), [])
    await failure('not-found', registry.fetch({ name, version: '1.0.0' }))
    await failure('not-found', registry.promote({ name, version: '1.0.0' }, 'production', { reason: 'none' }))
    await failure('not-found', registry.rollback(name, 'production', { reason: 'none' }))
    await failure('not-found', registry.retire({ name, version: '1.0.0' }, { reason: 'none' }))
  },

  'names and versions that are none are refused': async ({ registry }) => {
    for (const bad of [
      '',
      '..',
      '../north',
      'a/b',
      'North',
      '-a',
      '.a',
      'ä',
      'a'.repeat(101),
      'a\\b',
      'a\n',
    ]) {
      await failure('bad-name', registry.publish(samplePackage(), { name: bad }))
      await failure('bad-name', registry.list(bad))
      await failure('bad-name', registry.fetch({ name: bad, version: '1.0.0' }))
    }
    for (const version of ['', '1', '1.0', 'v1.0.0', '1.0.0-beta', '01.0.0', '1.0.0/..', '..', '1.0.0\n']) {
      await failure('bad-name', registry.publish(samplePackage(), { name, version }))
      await failure('bad-name', registry.fetch({ name, version }))
      await failure('bad-name', registry.resolve(name, { version }))
    }
  },

  'every name of the allowed form can be used': async ({ registry }) => {
    const odd = `0${'a-_.'.repeat(24)}`
    await registry.publish(samplePackage(), { name: odd })
    assert.deepEqual(await registry.names(), [odd])
  },

  'a package that is none is refused, and nothing is written': async ({ registry }) => {
    const sample = samplePackage()
    const { model } = sample
    const wrong: readonly Partial<ModelPackage>[] = [
      { model: { ...(model as object), slope: 'steep' } },
      { model: { ...(model as object), slope: Number.NaN } },
      { model: { ...(model as object), surprise: 1 } },
      { schema: { $ref: '#/nowhere' } },
      { schema: { $ref: '#' } },
      { schema: { properties: { name: { pattern: '(' } } } },
      { schema: [] },
      { metrics: { mae: Number.POSITIVE_INFINITY } },
      { lineage: { ...sample.lineage, trainingRowsSha256: 'unknown' } },
      { signature: { inputs: [{ name: '', type: 'double' }], outputs: [] } },
      { description: { title: '' } },
    ]
    for (const change of wrong)
      await failure('bad-package', registry.publish({ ...sample, ...change }, { name }))
    assert.deepEqual(await registry.list(name), [])
  },

  'a package beyond the limits is refused': async ({ registry }) => {
    let deep: Json = 0
    for (let depth = 0; depth < 33; depth += 1) deep = [deep]
    for (const model of [deep, 'x'.repeat(16 * 1024 * 1024), Array.from({ length: 1_000_001 }, () => 0)]) {
      await failure(
        'package-too-large',
        registry.publish(samplePackage(1, { model, schema: true }), { name }),
      )
    }
    assert.deepEqual(await registry.list(name), [])
  },
}
