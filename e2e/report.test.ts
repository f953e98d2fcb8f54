import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROOT } from '../scripts/built-apps.mts'
import { run, type Workplace, workplace } from './support/bins.ts'
import { rowsOf } from './support/store.ts'

const NOWHERE = `  - id: nowhere
    name: "Nowhere <b>&amp;"
    timeZone: Europe/Vienna
    source: { kind: simulator, seed: 5, years: 2 }
`
const OTHER = NOWHERE.replace('nowhere', 'other')
  .replace('Nowhere', 'Elsewhere')
  .replace('seed: 5', 'seed: 6')
const CONFIG = `stations:\n${NOWHERE}training: { candidates: [ridge], testDays: 60 }\n`
const AFTER = (day: number) => `2024-07-0${String(day)}T00:05:00+02:00`

/** A simulated station with a serving model and one forecast, of 2024-07-01. */
let made: Workplace
beforeAll(async () => {
  made = await workplace(CONFIG)
  const args = [made.config, '--state', made.state, '--now', AFTER(1)]
  for (const bin of ['batch-feature-pipeline', 'training-pipeline', 'inference-pipeline'] as const) {
    expect((await run(bin, args)).code).toBe(0)
  }
}, 120_000)
afterAll(() => made[Symbol.asyncDispose]())

interface Site extends Workplace {
  readonly out: string
}
async function siteOf(config = CONFIG): Promise<Site> {
  const place = await workplace(config)
  await cp(made.state, place.state, { recursive: true })
  return { ...place, out: join(place.dir, 'site') }
}
const report = ({ config, state, out }: Site, day: number, ...more: string[]) =>
  run('report', [config, '--state', state, '--now', AFTER(day), '--out', out, '--json', ...more])
const infer = async ({ config, state }: Site, day: number) => {
  const args = [config, '--state', state, '--now', AFTER(day)]
  await run('batch-feature-pipeline', args)
  expect((await run('inference-pipeline', args)).code).toBe(0)
}
const textOf = (site: Site, path: string) => readFile(join(site.out, path), 'utf8')

describe('the page and the feed', () => {
  test('are written from store and registry: the forecast in the ledger, its reasons, the model', async () => {
    await using site = await siteOf()
    const { code, summary } = await report(site, 1)
    expect([code, summary['error'], summary['warnings']]).toEqual([0, undefined, []])
    expect(summary).toMatchObject({
      files: 6,
      removed: 0,
      observationsPublished: false,
      stations: [{ station: 'nowhere', simulated: true, forecast: { day: '2024-07-01', fallback: false } }],
      verified: [],
    })
    const feed = JSON.parse(await textOf(site, 'forecast.json'))
    expect(feed.stations[0].forecast).toMatchObject(summary['stations'][0].forecast)
    expect(feed.ledger).toEqual(summary['ledger'])
    const schema = JSON.parse(await textOf(site, 'forecast.schema.json'))
    expect(new Ajv2020({ validateFormats: false }).compile(schema)(feed)).toBe(true)
    const html = await textOf(site, 'index.html')
    expect(html).toContain('Nowhere &lt;b&gt;&amp;amp;')
    expect(html).toContain('Time of year')
    expect(html).toContain('nowhere-end-of-day 1.0.0')
    expect(html).toContain('nothing serves yet')
    expect(html.match(/class="tag sim"/g)?.length).toBeGreaterThan(6)
    expect(await textOf(site, 'zh/index.html')).toContain('模拟数据')
  })

  test('store and registry are left as they were; the same run writes the same files', async () => {
    await using site = await siteOf()
    const contents = async () => {
      const names = (await readdir(site.out, { recursive: true, withFileTypes: true })).filter((one) =>
        one.isFile(),
      )
      return Promise.all(names.map((one) => readFile(join(one.parentPath, one.name), 'utf8')))
    }
    await report(site, 1)
    const before = await contents()
    await report(site, 1)
    expect(await contents()).toEqual(before)
    expect(before).toHaveLength(6)
    for (const table of ['aqi_daily_v1', 'aqi_forecasts_v1']) {
      expect(rowsOf(site.state, table)).toEqual(rowsOf(made.state, table))
    }
  })

  test('for people, in a few lines', async () => {
    await using site = await siteOf()
    const args = [site.config, '--state', site.state, '--now', AFTER(1), '--out', site.out]
    const { stdout } = await run('report', args)
    expect(stdout).toMatch(/^\[simulated\] Nowhere <b>&amp;: 2024-07-01, AQI \d+, /)
    expect(stdout).toContain('observed values are not published')
  })

  test('with publishObservations observed values stand in the feed', async () => {
    await using site = await siteOf(`${CONFIG}report: { publishObservations: true }\n`)
    expect((await report(site, 1)).summary['observationsPublished']).toBe(true)
    const feed = JSON.parse(await textOf(site, 'forecast.json'))
    expect(feed.stations[0].observations.at(-1).day).toBe('2024-06-30')
  })

  test('a station without a forecast is told and makes the run degraded', async () => {
    await using site = await siteOf(CONFIG.replace(NOWHERE, NOWHERE + OTHER))
    const { code, summary } = await report(site, 1)
    expect(code).toBe(3)
    expect(summary['warnings']).toEqual([
      { code: 'no-forecast', message: expect.stringContaining('other: ') },
    ])
    expect(summary['stations'].map((one: any) => one.forecast?.day ?? null)).toEqual(['2024-07-01', null])
    const files = ['badges/other.svg', 'stations/other.html', 'zh/stations/other.html']
    for (const path of files) expect(await textOf(site, path)).toContain('Elsewhere')
    // Taken out of the configuration, its files go; what is not ours stays.
    await writeFile(join(site.out, 'stations', 'mine.html'), 'mine')
    await site.file('config.yaml', CONFIG)
    expect((await report(site, 1)).summary).toMatchObject({ removed: 5 })
    for (const path of files) await expect(textOf(site, path)).rejects.toThrow('ENOENT')
    expect(await textOf(site, 'stations/mine.html')).toBe('mine')
  })
})

test('a registry that cannot be asked leaves a page without models, and makes the run degraded', async () => {
  const nobody = "modelRegistry: { kind: mlflow, trackingUri: 'http://127.0.0.1:9' }\n"
  await using site = await siteOf(CONFIG + nobody)
  const { code, summary } = await report(site, 1)
  expect([code, summary['warnings']]).toEqual([
    3,
    [{ code: 'no-registry', message: expect.stringContaining('the registry could not be asked') }],
  ])
  const html = await textOf(site, 'index.html')
  expect(html).toContain('No model serves this decision, or the registry could not be asked.')
  expect(html).toContain('The reasons of this forecast could not be made again.')
})

test('the sensor for Home Assistant in the docs names what the feed holds', async () => {
  await using site = await siteOf()
  await report(site, 1)
  const [station] = JSON.parse(await textOf(site, 'forecast.json')).stations
  const docs = await readFile(join(ROOT, 'docs', 'report.md'), 'utf8')
  expect(docs).toContain('value_json.stations[0].forecast.aqi')
  expect(docs).toContain("json_attributes_path: '$.stations[0].forecast'")
  const names = /json_attributes: \[(.*)\]/.exec(docs)?.[1]?.split(', ') ?? []
  expect(names.length).toBeGreaterThan(5)
  for (const name of ['aqi', ...names]) expect(station.forecast).toHaveProperty(name)
})

describe('--verify', () => {
  test('a kept head is the beginning of the ledger after later forecasts', async () => {
    await using site = await siteOf()
    await report(site, 1)
    const kept = await site.file('kept.json', await textOf(site, 'forecast.json'))
    await infer(site, 2)
    const { code, summary } = await report(site, 2, '--verify', kept)
    expect([code, summary['error']]).toEqual([0, undefined])
    expect(summary['ledger'].rows).toBe(2)
    expect(summary['verified']).toEqual([
      {
        file: kept,
        rows: 1,
        generatedAt: new Date(AFTER(1)).toISOString(),
        head: JSON.parse(await readFile(kept, 'utf8')).ledger.head,
      },
    ])
  })

  test.each([
    ['changed', 'UPDATE aqi_forecasts_v1 SET aqi = aqi + 1', 'rows-changed'],
    ['removed', 'DELETE FROM aqi_forecasts_v1', 'station-gone'],
  ])('a ledger that was %s behind our back fails, and nothing is written', async (_, statement, problem) => {
    await using site = await siteOf(problem === 'station-gone' ? CONFIG.replace(NOWHERE, OTHER) : CONFIG)
    const kept = { ...site, config: made.config, out: join(site.dir, 'kept') }
    await report(kept, 1)
    tamper(site.state, statement)
    const file = join(kept.out, 'forecast.json')
    const { code, summary } = await report(site, 1, '--verify', file)
    expect(code).toBe(1)
    expect(summary['error']).toMatchObject({
      code: 'ledger-changed',
      details: { problems: [{ file, station: 'nowhere', problem }] },
    })
    await expect(readdir(site.out)).rejects.toThrow('ENOENT')
  })

  test('a file that is none, or no feed, is the wrong input', async () => {
    await using site = await siteOf()
    const missing = await report(site, 1, '--verify', join(site.dir, 'none.json'))
    expect([missing.code, missing.summary['error'].code]).toEqual([2, 'no-such-file'])
    const other = await report(site, 1, '--verify', site.config)
    expect([other.code, other.summary['error'].code, other.summary['error'].where]).toEqual([
      2,
      'bad-feed',
      site.config,
    ])
  })
})

/** Triggers of the store stand in the way of whoever goes through them. */
function tamper(state: string, statement: string): void {
  const database = new DatabaseSync(join(state, 'feature-store.sqlite'))
  const triggers = database
    .prepare("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'aqi_forecasts_v1'")
    .all()
  for (const { name } of triggers) database.exec(`DROP TRIGGER "${String(name)}"`)
  database.exec(statement)
  database.close()
}

describe('wrong input', () => {
  test('without --out, a folder that cannot be, and a store that is not there', async () => {
    await using site = await siteOf()
    const { code, summary } = await run('report', [site.config, '--state', site.state, '--json'])
    expect([code, summary['error'].code]).toEqual([2, 'bad-arguments'])
    const file = await report({ ...site, out: join(site.config, 'below') }, 1)
    expect([file.code, file.summary['error'].code]).toEqual([2, 'out-unwritable'])
    const nothing = join(site.dir, 'nothing')
    await mkdir(nothing)
    const empty = await report({ ...site, state: nothing }, 1)
    expect([empty.code, empty.summary['error'].code]).toEqual([1, 'no-store'])
  })
})
