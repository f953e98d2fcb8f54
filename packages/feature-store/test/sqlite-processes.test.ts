import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

import { describe, expect, test } from 'vitest'

import { openSqliteStore } from '../src/sqlite/index.ts'
import { readAll } from '../src/testing/harness.ts'
import { sampleGroup } from '../src/testing/sample-groups.ts'
import { temporaryFolder } from './temporary.ts'

const writer = fileURLToPath(new URL('fixtures/writer.ts', import.meta.url))

function startWriter(...args: string[]): ChildProcessByStdio<null, Readable, null> {
  return spawn(process.execPath, ['--conditions=@airq/source', writer, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

async function rowsByStation(path: string): Promise<Map<string, number>> {
  const store = await openSqliteStore({ path, clock: { now: () => 0 } })
  const counts = new Map<string, number>()
  for (const { station } of await readAll(store, sampleGroup)) {
    counts.set(station, (counts.get(station) ?? 0) + 1)
  }
  await store.close()
  return counts
}

describe('several processes on one store', { timeout: 60_000 }, () => {
  test('that open and write at once lose nothing', async () => {
    const path = join(await temporaryFolder(), 'features.db')
    const writers = ['a', 'b'].map((name) => startWriter(path, name, '15', '300'))
    for (const child of writers) child.stdout.resume()
    const exits = await Promise.all(writers.map((child) => once(child, 'exit')))
    expect(exits).toEqual([
      [0, null],
      [0, null],
    ])
    const counts = await rowsByStation(path)
    expect(counts.size).toBe(30)
    expect(new Set(counts.values())).toEqual(new Set([300]))
  })

  test.for([5, 60, 100, 140])(
    'a writer killed within an upsert (after %i ms) leaves whole ones',
    async (delay) => {
      const path = join(await temporaryFolder(), 'features.db')
      const child = startWriter(path, 'k', '1000', '20000')
      const exit = once(child, 'exit')
      const acknowledged: string[] = []
      for await (const line of createInterface(child.stdout)) {
        const [event, station = ''] = line.split(' ')
        if (event === 'done') acknowledged.push(station)
        if (event === 'begin' && acknowledged.length === 1) {
          setTimeout(() => child.kill('SIGKILL'), delay)
        }
      }
      expect(await exit).toEqual([null, 'SIGKILL'])
      const counts = await rowsByStation(path)
      expect(new Set(counts.values())).toEqual(new Set([20_000]))
      for (const station of acknowledged) expect(counts.has(station)).toBe(true)
    },
  )
})
