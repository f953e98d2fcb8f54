import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { run, start, type Workplace, workplace } from './support/bins.ts'
import { history, NOW } from './support/histories.ts'
import { dailyRows, rowsOf } from './support/store.ts'

const importArgs = ({ config, state }: Workplace, file: string, now = NOW) =>
  [config, '--csv', file, '--state', state, '--now', now, '--json'] as const
const importsOf = (place: Workplace) => rowsOf(place.state, 'aqi_imports_v1')

async function pageOf(place: Workplace, ...path: string[]): Promise<string> {
  const out = join(place.dir, 'site')
  const { stderr } = await run('report', [place.config, '--state', place.state, '--now', NOW, '--out', out])
  const html = await readFile(join(out, ...path, 'index.html'), 'utf8').catch(() => stderr)
  return html.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ')
}

test('each import leaves its alignment, which the page tells; the same again leaves nothing', async () => {
  await using place = await workplace()
  const west = await place.file('beijing.csv', history('west', 1))
  const east = await place.file('beijing (1).csv', history('east', 1))
  for (const file of [west, west]) {
    expect((await run('batch-feature-pipeline', importArgs(place, file))).code).toBe(0)
  }
  expect(importsOf(place)).toMatchObject([
    {
      ...{ station: 'beijing', number: 0, source_kind: 'aqicn-csv', last_day: '2024-06-30' },
      ...{
        shift_pm25: -1,
        shift_pm10: 0,
        method: 'block-marks',
        confidence: 'high',
        known_at: Date.parse(NOW),
      },
    },
  ])
  expect(await pageOf(place)).toContain('Days added to the labels PM2.5 -1 · PM10 0')

  await run('batch-feature-pipeline', importArgs(place, east))
  expect(importsOf(place)).toMatchObject([{ number: 0 }, { number: 1, shift_pm25: 0, shift_pm10: 1 }])
  const page = await pageOf(place)
  expect(page).toContain('Last import 1 July 2024 at 00:00')
  expect(page).toContain('Days added to the labels PM2.5 0 · PM10 +1')
  expect(await pageOf(place, 'zh')).toContain('日期标签所加天数 PM2.5 0 · PM10 +1')
})

test('a simulated history leaves none', async () => {
  await using place = await workplace(
    'stations: [{ id: nowhere, name: Nowhere, timeZone: Europe/Vienna, source: { kind: simulator, seed: 5, years: 1 } }]\n',
  )
  const { code } = await run('batch-feature-pipeline', [place.config, '--state', place.state, '--now', NOW])
  expect(code).toBe(0)
  expect(tablesOf(place)).not.toContain('aqi_imports_v1')
  expect(await pageOf(place)).not.toContain('Last import')
})

test('killed between its days and their alignment: no row tells of it, and the next import makes up for it', async () => {
  await using place = await workplace()
  const old = await place.file('beijing.csv', history('west', 1, '2024-06-20'))
  const newer = await place.file('beijing (1).csv', history('east', 1))
  await run('batch-feature-pipeline', importArgs(place, old))
  const before = { imports: importsOf(place), days: dailyRows(place.state).length }

  // The row of the import takes for ever: every four days of the history are looked at.
  const four = ['a', 'b', 'c', 'd'].map((name) => `aqi_daily_v1 ${name}`).join(', ')
  change(
    place,
    `CREATE TRIGGER for_ever BEFORE INSERT ON aqi_imports_v1 BEGIN
       SELECT count(*) FROM ${four} WHERE a.aqi * b.aqi * c.aqi * d.aqi < 0; END`,
  )
  const { child, done } = start('batch-feature-pipeline', importArgs(place, newer))
  const ended = done.catch(() => null)
  while (dailyRows(place.state).length === before.days && child.exitCode === null) await wait(20)
  expect(child.kill('SIGKILL')).toBe(true)
  await ended
  change(place, 'DROP TRIGGER for_ever; UPDATE leases SET until = 0')

  expect(dailyRows(place.state).length).toBeGreaterThan(before.days)
  expect(importsOf(place)).toEqual(before.imports)
  expect(await pageOf(place)).toContain('Days added to the labels PM2.5 -1 · PM10 0')
  const again = await run('batch-feature-pipeline', importArgs(place, newer))
  expect([again.code, again.summary['written']]).toEqual([0, 0])
  expect(importsOf(place)).toMatchObject([
    { number: 0, shift_pm25: -1 },
    { number: 1, shift_pm25: 0 },
  ])
})

function change({ state }: Workplace, sql: string): void {
  const database = new DatabaseSync(join(state, 'feature-store.sqlite'))
  database.exec(sql)
  database.close()
}

function tablesOf({ state }: Workplace): unknown[] {
  const database = new DatabaseSync(join(state, 'feature-store.sqlite'), { readOnly: true })
  const names = database.prepare('SELECT name FROM sqlite_master').all()
  database.close()
  return names.map(({ name }) => name)
}
