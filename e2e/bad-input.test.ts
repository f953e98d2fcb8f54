import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { run, type Workplace, workplace } from './support/bins.ts'
import { history } from './support/histories.ts'

/** A bad input: makes it, and gives the arguments that name it. */
type Input = (place: Workplace) => Promise<readonly string[]>

const csv =
  (name: string, text: string | Uint8Array): Input =>
  async (place) => ['--csv', await place.file(name, text)]

const FORMAT_B =
  '# Sensor Somewhere, Beijing\n# https://aqicn.org/station/@1/\n# Daily pm25\ndate,min,max,median,q1,q3,stdev,count\n2024-01-01T00:00:00.000Z,0.1,2,0.9,0.6,1.3,0.4,314\n'

const INPUTS: readonly (readonly [what: string, code: string, input: Input])[] = [
  ['a missing file', 'no-such-file', (place) => Promise.resolve(['--csv', join(place.dir, 'beijing.csv')])],
  ['a directory', 'not-a-file', (place) => Promise.resolve(['--csv', place.dir])],
  ['an empty file', 'no-rows', csv('beijing.csv', '')],
  ['a header without rows', 'no-rows', csv('beijing.csv', 'date, pm25, pm10\n')],
  ['a web page', 'not-csv', csv('beijing.csv', '<!doctype html><html><body>Log in</body></html>')],
  [
    'a binary file',
    'not-csv',
    csv(
      'beijing.csv',
      Uint8Array.from({ length: 400 }, (_, i) => (i * 7) % 256),
    ),
  ],
  ['no date column', 'no-date-column', csv('beijing.csv', 'day_of, pm25\n2024/1/1, 5\n')],
  ['no column of values', 'no-value-column', csv('beijing.csv', 'date, weather\n2024/1/1, 5\n')],
  [
    'no usable cell',
    'no-usable-day',
    csv('beijing.csv', 'date, pm25, pm10\n2024/1/1, -, \n2024/1/2, , NaN\n'),
  ],
  ['concentrations', 'concentrations', csv('beijing.csv', FORMAT_B)],
  ['impossible dates only', 'no-usable-day', csv('beijing.csv', 'date, pm25\n2024/2/30, 5\n2024/13/1, 6\n')],
  [
    'dates in the future only',
    'no-usable-day',
    async (place) => [
      '--csv',
      await place.file(
        'beijing.csv',
        'date, pm25, pm10\n2094/1/1, 50, 60\n2094/1/2, 50, 60\n2094/1/3, 5, 6\n',
      ),
      '--download-zone',
      'west',
    ],
  ],
  ["another station's name", 'other-station', csv('shanghai-air-quality.csv', history())],
  [
    'a station nobody knows',
    'unknown-station',
    async (p) => ['--csv', await p.file('a.csv', history()), '--as', 'paris'],
  ],
  ['nothing to import', 'nothing-to-import', () => Promise.resolve([])],
  ['an unknown option', 'bad-arguments', () => Promise.resolve(['--dowload-zone', 'west'])],
  ['an unknown choice', 'bad-arguments', () => Promise.resolve(['--download-zone', 'north'])],
  ['an instant without a zone', 'bad-now', () => Promise.resolve(['--now', '2024-01-01T00:00:00'])],
]

describe('bad input: exit 2, nothing written, what to do', () => {
  test.each(INPUTS)('%s', async (_, code, input) => {
    await using place = await workplace()
    const args = [place.config, '--state', place.state, ...(await input(place))]
    const machine = await run('batch-feature-pipeline', [...args, '--json'])
    expect([machine.code, machine.summary['error'].code]).toEqual([2, code])
    expect(machine.summary['error'].message).not.toBe('')
    expect(machine.summary['error'].hint).toEqual(expect.any(String))
    expect(existsSync(place.state)).toBe(false)

    const person = await run('batch-feature-pipeline', args)
    expect([person.code, person.stdout]).toEqual([2, ''])
    expect(person.stderr).not.toMatch(/^\s+at |node:internal/m)
    const [, told = ''] = person.stderr.split(/^error: /m)
    expect(told.trimEnd().split('\n').length).toBeLessThanOrEqual(3)
  })

  test('one bad file among good ones', async () => {
    await using place = await workplace()
    const good = await place.file('beijing.csv', history())
    const bad = await place.file('beijing-2.csv', '<html></html>')
    const { code } = await run('batch-feature-pipeline', [
      place.config,
      '--csv',
      good,
      bad,
      '--state',
      place.state,
    ])
    expect(code).toBe(2)
    expect(existsSync(place.state)).toBe(false)
  })

  test('a state that cannot be written', async () => {
    await using place = await workplace()
    const file = await place.file('beijing.csv', history())
    const inTheWay = await place.file('occupied', '')
    const args = [place.config, '--csv', file, '--state', join(inTheWay, 'state'), '--json']
    const { code, summary } = await run('batch-feature-pipeline', args)
    expect([code, summary['error'].code]).toEqual([2, 'state-unwritable'])
  })

  test('a configuration with mistakes: each with file, line, column and the nearest right key', async () => {
    await using place = await workplace(
      'stations:\n  - id: beijing\n    name: Beijing\n    timezone: Asia/Shanghia\n    source: { kind: aqicn-csv }\n',
    )
    await mkdir(place.state)
    const { code, stderr } = await run('training-pipeline', [place.config, '--state', place.state])
    expect(code).toBe(2)
    expect(stderr).toContain('config.yaml:4:5')
    expect(stderr).toContain('timeZone')
  })

  test('a file of another station is taken with --as', async () => {
    await using place = await workplace()
    const file = await place.file('shanghai-air-quality.csv', history())
    const args = [place.config, '--csv', file, '--as', 'beijing', '--state', place.state]
    expect((await run('batch-feature-pipeline', args)).code).toBe(0)
  })
})
