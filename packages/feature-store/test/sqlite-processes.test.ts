import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

import { describe, expect, test } from 'vitest'

import { openSqliteStore } from '../src/sqlite/index.ts'
import { readAll } from '../src/testing/harness.ts'
import { sampleGroup, sampleRow } from '../src/testing/sample-groups.ts'
import { finished, sourcePath, startProgram } from './support/programs.ts'
import { sql } from './support/stores.ts'
import { temporaryFolder } from './temporary.ts'

const bin = '../src/bin/airq-store.ts'

async function rowsByStation(path: string): Promise<Map<string, number>> {
  const store = await openSqliteStore({ path, clock: { now: () => 0 } })
  const counts = new Map<string, number>()
  for (const { station } of await readAll(store, sampleGroup)) {
    counts.set(station, (counts.get(station) ?? 0) + 1)
  }
  expect((await store.verify()).problems).toEqual([])
  await store.close()
  return counts
}

describe('several processes on one store', { timeout: 60_000 }, () => {
  test('that open and write at once lose nothing', async () => {
    const path = join(await temporaryFolder(), 'features.db')
    const writers = ['a', 'b'].map((name) => startProgram('fixtures/writer.ts', [path, name, '15', '300']))
    const exits = await Promise.all(writers.map(finished))
    expect(exits).toMatchObject([
      { code: 0, stderr: '' },
      { code: 0, stderr: '' },
    ])
    const counts = await rowsByStation(path)
    expect(counts.size).toBe(30)
    expect(new Set(counts.values())).toEqual(new Set([300]))
  })

  test('two that write and three that read: no update lost, no read torn, nobody told of a lock', async () => {
    const path = join(await temporaryFolder(), 'features.db')
    const roles = ['write', 'write', 'read', 'read', 'read']
    const children = roles.map((role, index) =>
      startProgram('fixtures/contender.ts', [path, role, `${role} ${String(index)}`]),
    )
    const ends = children.map(finished)
    await Promise.all(children.map((child) => once(child.stdout, 'data')))
    await sleep(1500)
    for (const child of children) child.stdin.end()
    const calls: number[] = []
    for (const { code, stdout, stderr } of await Promise.all(ends)) {
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      calls.push(Number(stdout.split('\n').at(-2)))
    }
    const [first = 0, second = 0] = calls
    expect(Math.min(...calls)).toBeGreaterThan(1)
    // Every write of the row that both change is there: as it is, or as a revision.
    const kept = sql(path, `SELECT count(*) AS n FROM contract_rows_v1__history WHERE station = 'shared'`)
    expect(Number(kept[0]?.['n']) + 1).toBe(first + second)
    await rowsByStation(path)
  })
})

describe('a process that is killed', { timeout: 60_000 }, () => {
  test.for([5, 60, 120])('within an upsert (after %i ms) leaves whole ones', async (delay) => {
    const path = join(await temporaryFolder(), 'features.db')
    const child = startProgram('fixtures/writer.ts', [path, 'k', '1000', '20000'])
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
  })

  test('within a compaction leaves a store whose compaction is resumed', async () => {
    const path = join(await temporaryFolder(), 'features.db')
    const store = await openSqliteStore({ path, clock: Date })
    await store.ensure(sampleGroup)
    for (const value of [1, 2, 3]) {
      await store.upsert(
        sampleGroup,
        Array.from({ length: 15_000 }, (_, slot) => sampleRow(slot, { value })),
      )
    }
    await store.close()
    const child = startProgram(bin, ['compact', path, '--history-before', '0d'])
    const end = finished(child)
    const before = revisions(path)
    while (child.exitCode === null && revisions(path) === before) await sleep(1)
    child.kill('SIGKILL')
    expect(await end).toMatchObject({ signal: 'SIGKILL' })
    const left = revisions(path)
    expect(left).toBeLessThan(before)
    expect(await rowsByStation(path)).toEqual(new Map([['north', 15_000]]))

    const again = await finished(startProgram(bin, ['compact', path, '--history-before', '0d', '--json']))
    expect(JSON.parse(again.stdout)).toMatchObject({ ok: true, groups: [{ revisionsRemoved: left }] })
  })

  test.for([0, 60])('within a migration (%i ms into its copy) leaves either format whole', async (delay) => {
    const path = join(await temporaryFolder(), 'features.db')
    await copyFile(sourcePath('fixtures/format-1.db'), path)
    sql(
      path,
      `INSERT INTO contract_rows_v1 WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n LIMIT 100000)
       SELECT 'north', i, i, i, NULL, NULL, NULL, NULL, NULL, 1767312000000 FROM n`,
    )
    const child = startProgram(bin, ['compact', path, '--history-before', '0d'])
    const end = finished(child)
    while (child.exitCode === null && !isMigrating(path)) await sleep(1)
    await sleep(delay)
    child.kill('SIGKILL')
    await end
    const [format] = sql(path, 'PRAGMA user_version')
    expect([1, 2]).toContain(format?.['user_version'])
    expect((await rowsByStation(path)).get('north')).toBe(100_004)
    expect(sql(`${path}.v1-backup`, 'SELECT count(*) AS n FROM contract_rows_v1')).toEqual([{ n: 100_005 }])
  })
})

function isMigrating(path: string): boolean {
  return existsSync(`${path}.v1-backup.partial`) || existsSync(`${path}.v1-backup`)
}

function revisions(path: string): number {
  return Number(sql(path, 'SELECT count(*) AS n FROM contract_rows_v1__history')[0]?.['n'])
}
