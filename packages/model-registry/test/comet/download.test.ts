import { describe, expect, test } from 'vitest'

import { zipSource } from '../../src/comet/zip-source.ts'
import { samplePackage, type ZipState } from '../../src/testing/index.ts'
import { startComet } from './opened.ts'

const name = 'north-evening'
const ref = { name, version: '1.0.0' }

describe('a download', () => {
  const wrong: readonly (readonly [ZipState, RegExp])[] = [
    ['truncated', /no whole zip/],
    ['no-zip', /no whole zip/],
    ['repacked', /model\.json is damaged: its SHA-256 is not that of the manifest/],
    ['escaping', /invalid relative path: \.\.\/evil\.json/],
    ['absolute', /absolute path: \/evil\.json/],
    ['link', /"model\.json" is neither a file nor a folder/],
    ['many-entries', /has 208 entries/],
    ['bomb', /model\.json is damaged/],
  ]
  test.for(wrong)('that is %s is refused and named', async ([zip, message]) => {
    await using comet = await startComet()
    await (await comet.open()).publish(samplePackage(), { name })
    comet.fake.set({ zip })
    const registry = await comet.open()
    const error: unknown = await registry.fetch(ref).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'package-damaged', hint: expect.stringMatching(/train again/) })
    expect((error as Error).message).toMatch(message)
    // A new training goes past it.
    const { version } = await registry.publish(samplePackage(), { name })
    expect(version.version).toBe('1.1.0')
    comet.fake.set({ zip: 'whole' })
    expect(await (await comet.open()).fetch(ref)).toEqual(samplePackage())
  })

  test('that swells is stopped at the size its directory tells', async () => {
    await using comet = await startComet({ zip: 'bomb' })
    await (await comet.open()).publish(samplePackage(), { name }).catch(() => undefined)
    const answer = await fetch(
      `${comet.fake.baseUrl}/api/rest/v2/registry-model/item/download?workspaceName=airq&modelName=${name}&version=1.0.0`,
      { headers: { authorization: comet.fake.apiKey } },
    )
    const source = await zipSource(new Uint8Array(await answer.arrayBuffer()), 'bomb')
    const before = process.memoryUsage().arrayBuffers
    await expect(source.read('model.json', 1_000_000)).rejects.toMatchObject({ code: 'package-damaged' })
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * 1024 * 1024)
  })

  test('holds more files than ours where people have logged some: they are passed over', async () => {
    await using comet = await startComet()
    const registry = await comet.open()
    await registry.publish(samplePackage(), { name })
    const [run] = comet.fake.experiments()
    const form = new FormData()
    form.set('file', new Blob(['notes']), 'notes.txt')
    await fetch(
      `${comet.fake.baseUrl}/api/rest/v2/write/experiment/upload-asset?experimentKey=${run?.key ?? ''}&type=model-element&groupingName=${name}&fileName=notes.txt`,
      { method: 'POST', body: form, headers: { authorization: comet.fake.apiKey } },
    )
    expect(await (await comet.open()).fetch(ref)).toEqual(samplePackage())
  })
})
