import { cp, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import type { ModelRegistry } from '../src/index.ts'
import { openLocalRegistry } from '../src/local/index.ts'
import { sealed } from '../src/sealed-record.ts'
import { samplePackage } from '../src/testing/index.ts'
import { temporaryFolder } from './temporary.ts'

const name = 'north-evening'
const ref = { name, version: '1.0.0' }
const clock = { now: () => 1_767_312_000_000 }
const names = [
  'MLmodel',
  'lineage.json',
  'manifest.json',
  'metrics.json',
  'model-card.md',
  'model.json',
  'model.schema.json',
  'params.json',
]

async function published(): Promise<{ path: string; folder: string; registry: ModelRegistry }> {
  const path = await temporaryFolder()
  const registry = await openLocalRegistry({ path, clock })
  await registry.publish(samplePackage(), { name })
  return { path, folder: join(path, name, '1.0.0'), registry }
}

describe('the folder of a registry', () => {
  test('can be browsed', async () => {
    const { path, folder, registry } = await published()
    await registry.promote(ref, 'production', { reason: 'first' })
    expect((await readdir(folder)).sort()).toEqual([...names].sort())
    expect(await readFile(join(folder, 'metrics.json'), 'utf8')).toBe(
      '{\n  "coverage-90": 0.91,\n  "mae": 21.5\n}\n',
    )
    const manifest: unknown = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'))
    expect(manifest).toMatchObject({ ...ref, formatVersion: 2, createdAt: '2026-01-02T00:00:00.000Z' })
    const promotion: unknown = JSON.parse(
      await readFile(join(path, name, 'promotions', '000001', 'promotion.json'), 'utf8'),
    )
    expect(promotion).toMatchObject({
      from: null,
      to: '1.0.0',
      stages: { production: '1.0.0', candidate: null },
    })
  })

  test('is private: folders 0700, files 0600', async () => {
    const path = join(await temporaryFolder(), 'state', 'models')
    const registry = await openLocalRegistry({ path, clock })
    await registry.publish(samplePackage(), { name })
    await registry.promote(ref, 'production', { reason: 'first' })
    for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
      const { mode } = await stat(join(entry.parentPath, entry.name))
      expect(mode & 0o777).toBe(entry.isDirectory() ? 0o700 : 0o600)
    }
    expect((await stat(path)).mode & 0o777).toBe(0o700)
  })

  test('holds no left-overs after work, failed work and refused work', async () => {
    const { path, registry } = await published()
    await registry.publish(samplePackage(2), { name, version: '1.0.0' }).catch(() => undefined)
    await registry.publish(samplePackage(3, { schema: false }), { name }).catch(() => undefined)
    expect(await readdir(join(path, name))).toEqual(['1.0.0'])
  })

  test('a dead process leaves something that is ignored, and swept away after a day', async () => {
    const { path, folder, registry } = await published()
    const [old, young] = ['.staging-old', '.staging-young'].map((entry) => join(path, name, entry))
    for (const left of [old, young]) await cp(folder, left ?? '', { recursive: true })
    expect(await registry.list(name)).toHaveLength(1)
    const yesterday = new Date((await stat(folder)).mtimeMs - 25 * 3_600_000)
    await utimes(old ?? '', yesterday, yesterday)
    await registry.publish(samplePackage(2), { name })
    expect((await readdir(join(path, name))).sort()).toEqual(['.staging-young', '1.0.0', '1.1.0'])
  })
})

describe('damage', () => {
  test.for(names)('one changed byte anywhere in %s is found and named', async (file) => {
    const { folder, registry } = await published()
    const path = join(folder, file)
    const intact = await readFile(path)
    const step = Math.ceil(intact.length / 60)
    for (let at = 0; at < intact.length; at += step) {
      const changed = Buffer.from(intact)
      changed[at] = (intact[at] ?? 0) ^ (1 << (at % 8))
      await writeFile(path, changed)
      const error: unknown = await registry.fetch(ref).catch((reason: unknown) => reason)
      expect(error).toMatchObject({
        code: 'package-damaged',
        where: path,
        hint: expect.stringMatching(/train again/),
      })
    }
    await writeFile(path, intact)
    expect(await registry.fetch(ref)).toEqual(samplePackage())
  })

  test.for(names)('%s missing, cut or grown is found and named', async (file) => {
    const { folder, registry } = await published()
    const path = join(folder, file)
    const text = await readFile(path, 'utf8')
    for (const content of [text.slice(0, -1), `${text} `, '', 'x'.repeat(1_000_000)]) {
      await writeFile(path, content)
      await expect(registry.fetch(ref)).rejects.toMatchObject({ code: 'package-damaged', where: path })
    }
    await rm(path)
    await expect(registry.fetch(ref)).rejects.toMatchObject({ code: 'package-damaged', where: path })
  })

  test.for(names)('training again publishes a new version beside one with a damaged %s', async (file) => {
    const { folder, registry } = await published()
    await writeFile(join(folder, file), '{}')
    const { version, created } = await registry.publish(samplePackage(), { name })
    expect([version.version, created]).toEqual(['1.1.0', true])
    expect(await registry.fetch(version)).toEqual(samplePackage())
    expect((await registry.resolve(name, 'latest'))?.version).toBe('1.1.0')
  })

  test('a version copied or renamed by hand is found', async () => {
    const { path, folder, registry } = await published()
    await cp(folder, join(path, name, '2.0.0'), { recursive: true })
    await expect(registry.fetch({ name, version: '2.0.0' })).rejects.toThrow(/belongs to north-evening 1.0.0/)
  })

  test('a changed promotion is found, and a promoted version that is gone', async () => {
    const { path, folder, registry } = await published()
    await registry.promote(ref, 'production', { reason: 'first' })
    const file = join(path, name, 'promotions', '000001', 'promotion.json')
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace('first', 'worst'))
    const resolving = registry.resolve(name, { stage: 'production' })
    await expect(resolving).rejects.toMatchObject({ code: 'package-damaged', where: file })
    await writeFile(file, text)
    await rename(folder, `${folder}-away`)
    await expect(registry.resolve(name, { stage: 'production' })).rejects.toMatchObject({ code: 'not-found' })
  })

  test('a newer format is told from damage', async () => {
    const { folder, registry } = await published()
    await writeFile(join(folder, 'manifest.json'), sealed({ formatVersion: 3, anything: ['new'] }))
    await expect(registry.fetch(ref)).rejects.toMatchObject({ code: 'format-newer', fault: 'input' })
    await expect(registry.publish(samplePackage(), { name })).rejects.toMatchObject({ code: 'format-newer' })
  })
})

describe('opening', () => {
  test('a place that cannot be written is refused with its path', async () => {
    const file = join(await temporaryFolder(), 'file')
    await writeFile(file, '')
    const paths = [file, join(file, 'models'), ...(process.platform === 'linux' ? ['/proc/airq'] : [])]
    for (const path of paths) {
      const refusal: unknown = await openLocalRegistry({ path, clock }).catch((error: unknown) => error)
      expect(refusal).toMatchObject({ code: 'registry-unwritable', fault: 'input', where: path })
    }
  })

  test('a name that cannot be written is refused, and nothing is left', async () => {
    const path = await temporaryFolder()
    const registry = await openLocalRegistry({ path, clock })
    await registry.publish(samplePackage(), { name })
    await writeFile(join(path, name, 'promotions'), '')
    await expect(registry.promote(ref, 'production', { reason: 'x' })).rejects.toMatchObject({
      fault: 'input',
    })
    await writeFile(join(path, 'south'), '')
    await expect(registry.publish(samplePackage(), { name: 'south' })).rejects.toMatchObject({
      fault: 'input',
    })
    await mkdir(join(path, name, '3.0.0'))
    await expect(registry.fetch({ name, version: '3.0.0' })).rejects.toMatchObject({
      code: 'package-damaged',
    })
  })

  test('for reading only: an absent folder is empty and stays absent, writing is refused', async () => {
    const { path } = await published()
    const registry = await openLocalRegistry({ path, clock, readOnly: true })
    expect(await registry.fetch(ref)).toEqual(samplePackage())
    const refusal = { code: 'registry-unwritable', fault: 'input' }
    await expect(registry.publish(samplePackage(2), { name })).rejects.toMatchObject(refusal)
    await expect(registry.promote(ref, 'production', { reason: 'x' })).rejects.toMatchObject(refusal)
    const nowhere = await openLocalRegistry({ path: join(path, 'nowhere'), clock, readOnly: true })
    expect(await nowhere.list(name)).toEqual([])
    expect(await readdir(path)).toEqual([name])
  })
})
