import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test as one } from 'vitest'
import { fc, test } from './support/property.ts'
import { runProbe, workDirectory } from './support/run-probe.ts'

const IDS = ['beijing', 'shanghai', 'vienna', 'lima', 'accra'] as const

/** The stations a stage is given, of a configuration with these. */
async function chosen(argv: readonly string[], ids: readonly string[] = IDS) {
  const cwd = workDirectory()
  const stations = ids.map(
    (id) => `  - { id: ${id}, name: ${id}, timeZone: UTC, source: { kind: aqicn-csv } }\n`,
  )
  writeFileSync(join(cwd, 'config.yaml'), `stations:\n${stations.join('')}`)
  const { code, stdout } = await runProbe('options', ['config.yaml', '--json', ...argv], { cwd })
  const {
    stations: given,
    error,
    warnings,
  } = JSON.parse(stdout) as {
    stations?: string[]
    error?: { code: string; message: string; hint: string }
    warnings: { code: string }[]
  }
  return { code, given, error, warnings: warnings.map((warning) => warning.code) }
}

describe('--station', () => {
  one('chooses, in the order of the configuration; the flag may be repeated', async () => {
    const argv = ['--station', 'lima', 'beijing', '--station', 'vienna', '--station', 'lima']
    expect(await chosen(argv)).toMatchObject({ code: 0, given: ['beijing', 'vienna', 'lima'] })
  })

  one('an unknown one is told with the nearest name and those there are', async () => {
    const { code, error } = await chosen(['--station', 'beijng', 'lima'])
    expect([code, error?.code]).toEqual([2, 'unknown-station'])
    expect(error?.message).toContain('--station beijng names no station')
    expect(error?.hint).toBe('Did you mean beijing? Known are beijing, shanghai, vienna, lima, accra.')
    const many = await chosen(
      ['--station', 'nowhere-at-all'],
      Array.from({ length: 40 }, (_, i) => `s-${String(i)}`),
    )
    expect(many.error?.hint).toMatch(/^Known are s-0, .*, s-11 and 28 more\.$/)
  })
})

describe('--shard', () => {
  one('takes stations in turn, of those chosen', async () => {
    expect((await chosen(['--shard', '1/2'])).given).toEqual(['beijing', 'vienna', 'accra'])
    expect((await chosen(['--shard', '2/2'])).given).toEqual(['shanghai', 'lima'])
    const both = ['--shard', '2/2', '--station', 'accra', 'lima', 'vienna']
    expect((await chosen(both)).given).toEqual(['lima'])
  })

  one('a part without a station is done at once, and says so', async () => {
    expect(await chosen(['--shard', '7/9'])).toMatchObject({ code: 0, given: [], warnings: ['empty-shard'] })
  })

  one.each(['0/2', '3/2', '1/0', '2', '1/2/3', 'a/b', '1.5/2', '-1/2', '1 / 2', ''])(
    '%j is refused with an example',
    async (text) => {
      const { code, error } = await chosen([`--shard=${text}`])
      expect([code, error?.code]).toEqual([2, 'bad-arguments'])
      expect(error?.message).toContain('i from 1 to n, e.g. 2/4')
    },
  )
})

describe('parts of the stations', async () => {
  const { chosenStations } = await import('../src/run/chosen-stations.ts')
  const { parseConfig } = await import('@airq/pipeline/config')
  const stationsOf = (n: number) =>
    parseConfig(
      `stations: [${Array.from({ length: n }, (_, i) => `{ id: s${String(i)}, name: S${String(i)}, timeZone: UTC, source: { kind: aqicn-csv } }`).join(', ')}]`,
      'c.yaml',
    ).stations
  const sizes = fc.record({
    stations: fc.integer({ min: 1, max: 12 }),
    count: fc.integer({ min: 1, max: 15 }),
  })

  test(
    'have none in common, together are all, and differ by one at most',
    sizes,
    ({ stations: n, count }) => {
      const all = stationsOf(n)
      const parts = Array.from({ length: count }, (_, i) =>
        chosenStations(all, { station: [], shard: { index: i + 1, count } }),
      )
      expect(parts.flatMap((part) => part.map(({ id }) => id)).toSorted()).toEqual(
        all.map(({ id }) => id).toSorted(),
      )
      const lengths = parts.map((part) => part.length)
      expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1)
    },
  )

  test("one more station at the end moves no other's", sizes, ({ stations: n, count }) => {
    const shard = { index: 1, count }
    const before = chosenStations(stationsOf(n), { station: [], shard })
    const after = chosenStations(stationsOf(n + 1), { station: [], shard })
    expect(after.slice(0, before.length)).toEqual(before)
  })
})
