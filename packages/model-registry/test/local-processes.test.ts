import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'

import { describe, expect, test } from 'vitest'

import { openLocalRegistry } from '../src/local/index.ts'
import { samplePackage } from '../src/testing/index.ts'
import { temporaryFolder } from './temporary.ts'

const name = 'north-evening'
const clock = { now: () => 0 }

type Child = ChildProcess & { readonly stdin: Writable; readonly stdout: Readable }

function start(fixture: 'publisher' | 'promoter', ...args: string[]): Child {
  const script = fileURLToPath(new URL(`fixtures/${fixture}.ts`, import.meta.url))
  return spawn(process.execPath, ['--conditions=@airq/source', script, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
}

async function versionsDone(child: Child): Promise<string[]> {
  const versions: string[] = []
  for await (const line of createInterface(child.stdout)) {
    if (line.startsWith('done ')) versions.push(line.slice('done '.length))
  }
  return versions
}

describe('several processes on one registry', { timeout: 60_000 }, () => {
  test('that publish at once get a version each, and none is lost', async () => {
    const path = await temporaryFolder()
    const children = [0, 100].map((first) => start('publisher', path, name, String(first), '15'))
    const versions = (await Promise.all(children.map(versionsDone))).flat()
    expect(new Set(versions).size).toBe(30)
    const registry = await openLocalRegistry({ path, clock })
    const listed = await registry.list(name)
    expect(listed).toHaveLength(30)
    expect(new Set(listed.map(({ contentSha256 }) => contentSha256)).size).toBe(30)
    for (const version of listed) expect(await registry.fetch(version)).toMatchObject({ schema: true })
  })

  test('that publish the same at once share one version', async () => {
    const path = await temporaryFolder()
    const children = [7, 7].map((slope) => start('publisher', path, name, String(slope), '1'))
    expect((await Promise.all(children.map(versionsDone))).flat()).toEqual(['1.0.0', '1.0.0'])
    expect(await (await openLocalRegistry({ path, clock })).list(name)).toHaveLength(1)
  })

  test('that promote at once with one expectation: one wins, the others are told', async () => {
    const path = await temporaryFolder()
    const registry = await openLocalRegistry({ path, clock })
    await registry.publish(samplePackage(), { name })
    const reasons = ['a', 'b', 'c']
    const children = reasons.map((reason) => start('promoter', path, name, '1.0.0', reason))
    const lines = children.map((child) => createInterface(child.stdout)[Symbol.asyncIterator]())
    for (const line of lines) expect((await line.next()).value).toBe('ready')
    for (const child of children) child.stdin.write('go\n')
    const results = await Promise.all(lines.map(async (line) => (await line.next()).value))
    expect([...results].sort()).toEqual(['stage-conflict', 'stage-conflict', 'won'])
    const history = await registry.history(name)
    expect(history.map(({ reason }) => reason)).toEqual([reasons[results.indexOf('won')]])
  })

  test.for([0, 60, 140])('a publisher killed after %i ms leaves whole versions', async (delay) => {
    const path = await temporaryFolder()
    const child = start('publisher', path, name, '0', '1000', '100000')
    const exit = once(child, 'exit')
    const acknowledged: string[] = []
    for await (const line of createInterface(child.stdout)) {
      const [event, value = ''] = line.split(' ')
      if (event === 'done') acknowledged.push(value)
      if (event === 'begin' && acknowledged.length === 1) {
        setTimeout(() => child.kill('SIGKILL'), delay)
      }
    }
    expect(await exit).toEqual([null, 'SIGKILL'])
    const registry = await openLocalRegistry({ path, clock })
    const listed = await registry.list(name)
    for (const version of listed) await registry.fetch(version)
    expect(listed.map(({ version }) => version)).toEqual(expect.arrayContaining(acknowledged))
    expect((await registry.publish(samplePackage(-1), { name })).created).toBe(true)
  })
})
