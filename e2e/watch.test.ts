import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aqiReadings } from '../packages/feature-groups/src/index.ts'
import { run, type Summary, type Workplace, workplace } from './support/bins.ts'
import { copyToHopsworks } from './support/copy-to-hopsworks.ts'
import { QUICK, startFake } from './support/fakes.ts'
import { rowsOf } from './support/store.ts'
import {
  bad,
  CONFIG,
  copyOf,
  importedStation,
  inStore,
  instant,
  issueForecasts,
  readingRow,
  startWebhook,
  told,
  watch,
  watchArgs,
} from './support/watch.ts'

let imported: Workplace
beforeAll(async () => {
  imported = await importedStation()
})
afterAll(() => imported[Symbol.asyncDispose]())
const placeOf = (config?: string) => copyOf(imported, config)

describe('an alert', () => {
  test('opens once, is told once, and its recovery once; the next one has a number of its own', async () => {
    await using hook = await startWebhook()
    await using place = await placeOf()
    await inStore(place, async (store) => {
      await store.ensure(aqiReadings)
      await store.upsert(aqiReadings, [readingRow(-1, 50)])
    })
    const good = await watch(place, 0, hook.url)
    expect([good.code, good.summary['alerts'], hook.deliveries]).toEqual([0, [], []])

    const bad = await watch(place, 13, hook.url)
    expect([bad.code, bad.summary['degraded']]).toEqual([3, true])
    expect(bad.summary['alerts']).toMatchObject([
      { state: 'open', station: 'beijing', cause: 'stale-data', number: 0, openedAt: instant(13) },
    ])
    expect(bad.summary['warnings']).toMatchObject([{ code: 'alert' }])
    expect(bad.summary['webhook']).toEqual({ given: true, pending: 0 })
    expect(hook.deliveries).toHaveLength(1)

    const again = await watch(place, 16, hook.url)
    expect([again.code, hook.deliveries.length]).toEqual([3, 1])
    expect(again.summary['alerts']).toMatchObject([
      { openedAt: instant(13), lastSeenAt: instant(16), message: 'no reading for 17 h, more than 12 h' },
    ])

    await inStore(place, (store) => store.upsert(aqiReadings, [readingRow(17, 60)]))
    const over = await watch(place, 18, hook.url)
    expect([over.code, hook.deliveries.length]).toEqual([0, 2])
    expect(over.summary['alerts']).toMatchObject([{ state: 'recovered', closedAt: instant(18) }])
    expect((await watch(place, 19, hook.url)).code).toBe(0)

    expect((await watch(place, 31, hook.url)).summary['alerts']).toMatchObject([
      { state: 'recovered', number: 0 },
      { state: 'open', number: 1 },
    ])
    expect(told(hook, 'stale-data')).toEqual(['0 opened', '0 recovered', '1 opened'])
    expect(rowsOf(place.state, 'aqi_alerts_v1')).toHaveLength(2)
  })

  test('is told as JSON: a line to read, and each alert with a hint, times and an id', async () => {
    await using hook = await startWebhook()
    await using place = await placeOf()
    await watch(place, 120, hook.url)
    const [{ key, body } = { key: '', body: {} }] = hook.deliveries
    expect(key).toMatch(/^[0-9a-f]{64}$/)
    expect(body).toEqual({
      format: 1,
      idempotencyKey: key,
      text: '[opened] beijing stale-data: the newest final day is 5 days behind, more than 3',
      alerts: [
        {
          id: 'beijing/stale-data/0/opened',
          state: 'opened',
          station: 'beijing',
          cause: 'stale-data',
          number: 0,
          severity: 'critical',
          message: 'the newest final day is 5 days behind, more than 3',
          hint: expect.stringContaining('import newer days'),
          openedAt: instant(120),
          lastSeenAt: instant(120),
          closedAt: null,
        },
      ],
    })
  })

  test('of the chosen station alone: the others are left as they are, and so are the runs', async () => {
    const two = `${CONFIG.trimEnd().slice(0, -1)}, { id: other, name: Other, timeZone: UTC, source: { kind: aqicn-csv } }]\n`
    await using place = await placeOf(two)
    const other = await watch(place, 120, undefined, '--station', 'other')
    expect([other.code, other.summary]).toMatchObject([0, { whole: false, runs: null, alerts: [] }])
    expect((await watch(place, 120)).summary).toMatchObject({ whole: true, alerts: [{ station: 'beijing' }] })
    const again = await watch(place, 121, undefined, '--station', 'other')
    expect([again.code, again.summary['alerts']]).toEqual([0, []])
    expect(rowsOf(place.state, 'aqi_alerts_v1')).toMatchObject([{ closed_ms: null }])
  })

  test('of a station that is taken out of the configuration is closed', async () => {
    await using place = await placeOf()
    expect((await watch(place, 120)).code).toBe(3)
    await place.file('config.yaml', CONFIG.replace('id: beijing', 'id: elsewhere'))
    const { code, summary } = await watch(place, 121)
    expect([code, summary['alerts']]).toMatchObject([
      0,
      [{ station: 'beijing', state: 'recovered', message: 'the station is no longer in the configuration' }],
    ])
  })

  test('is written to a folder without the figures behind it', async () => {
    await using place = await placeOf()
    await issueForecasts(place, 60, bad)
    const out = join(place.dir, 'told')
    const { summary } = await watch(place, 0, undefined, '--out', out)
    const file = JSON.parse(await readFile(join(out, 'alerts.json'), 'utf8'))
    expect(file).toEqual({ format: 1, at: instant(0), whole: true, alerts: summary['alerts'] })
    expect(JSON.stringify(summary['stations'])).toContain('90 days: skill')
    expect(JSON.stringify(file)).not.toMatch(/figures|outcomes/)
  })

  test('for people, in 80 columns', async () => {
    await using place = await placeOf()
    const args = [place.config, '--state', place.state, '--now', instant(120)]
    const { code, stdout } = await run('airq-watch', args)
    expect(code).toBe(3)
    expect(stdout).toMatch(
      /^ALERT beijing stale-data since \S+Z: the newest\s+final\s+day\s+is\s+5 days behind/,
    )
    expect(stdout.split('\n').every((line) => line.length <= 80)).toBe(true)
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      'beijing: stale-data alert, missed-run not-enough, low-skill not-enough',
    )
    expect(stdout).toMatch(/1 alert is open\n$/)
    expect((await run('airq-watch', [...args, '--degraded-exit', '0'])).code).toBe(0)
  })
})

describe('no alert', () => {
  test('a store that holds too little to tell: each check says so', async () => {
    await using place = await placeOf()
    const { code, summary } = await watch(place, 0)
    expect(code).toBe(0)
    const [{ checks }] = summary['stations']
    expect(checks.map(({ cause, status }: Summary) => [cause, status].join(' '))).toEqual([
      'stale-data ok',
      'missed-run not-enough',
      'low-skill not-enough',
      'low-coverage not-enough',
      'stuck-sensor ok',
      'identity-changed not-enough',
      'alignment-changed ok',
    ])
    expect(summary['runs']).toMatchObject({ cause: 'missed-run', status: 'not-enough' })
  })

  test('an empty store, and none', async () => {
    await using place = await workplace(CONFIG)
    const none = await watch(place, 0)
    expect([none.code, none.summary['error'].code]).toEqual([1, 'no-store'])
    await place.file('other.yaml', CONFIG.replaceAll('beijing', 'other'))
    await using other = await placeOf(CONFIG.replace('id: beijing', 'id: other'))
    const { code, summary } = await watch(other, 0)
    expect([code, summary['stations'][0].checks[0]]).toMatchObject([
      0,
      { cause: 'stale-data', status: 'not-enough' },
    ])
  })

  test('forecasts that are good', async () => {
    await using place = await placeOf()
    await issueForecasts(place, 120, (actual, persistence) => ({
      aqi: Math.round((actual + persistence) / 2),
      lower: 0,
      upper: 500,
    }))
    const { code, summary } = await watch(place, 0)
    expect([code, summary['alerts']]).toEqual([0, []])
    expect(summary['stations'][0].checks[2]).toMatchObject({ cause: 'low-skill', status: 'ok' })
    expect(summary['stations'][0].checks[2].figures['end-of-day, 90 days: skill']).toBeCloseTo(0.5, 1)
  })

  test('what is switched off', async () => {
    const all =
      'staleHours: 0, staleDays: 0, missedHours: { feature: 0, inference: 0, training: 0 }, forecastHours: 0, skill: { days: [] }, coverage: { days: 0 }, stuckHours: 0, stuckDays: 0, identityDays: 0, alignmentDays: 0'
    await using place = await placeOf(`${CONFIG}watch: { ${all} }\n`)
    const { code, summary } = await watch(place, 900)
    expect(code).toBe(0)
    const checks = [...summary['stations'][0].checks, summary['runs']]
    expect(checks.map(({ status }: Summary) => status)).toEqual(Array(8).fill('off'))
  })
})

test.each(['online', 'export'])(
  'in Hopsworks, read %s, alerts are kept and told the same way, and the page tells them',
  async (read) => {
    await using hook = await startWebhook()
    await using hopsworks = await startFake('hopsworks', QUICK)
    await using place = await placeOf()
    const env = {
      HOPSWORKS_BASE_URL: hopsworks.baseUrl,
      HOPSWORKS_API_KEY: 'fakePrefix.fakeSecret',
      AIRQ_WEBHOOK_URL: hook.url,
    }
    await copyToHopsworks(place, env)
    const remote = `featureStore: { kind: hopsworks, project: airq, read: ${read}, pollIntervalMs: 20, onlinePort: ${String(hopsworks.onlinePort)} }\n`
    await place.file('config.yaml', `${CONFIG}${remote}`)
    const look = (hours: number) => run('airq-watch', watchArgs(place, hours), env)
    const first = await look(120)
    expect([first.code, first.summary['error']]).toEqual([3, undefined])
    expect(first.summary['alerts']).toMatchObject([
      { cause: 'stale-data', number: 0, openedAt: instant(120) },
    ])
    const again = await look(121)
    expect(again.summary['alerts']).toMatchObject([{ openedAt: instant(120), lastSeenAt: instant(121) }])
    await place.file('config.yaml', `${CONFIG}${remote}watch: { staleHours: 0, staleDays: 0 }\n`)
    expect((await look(122)).summary['alerts']).toMatchObject([{ state: 'recovered' }])
    expect(told(hook, 'stale-data')).toEqual(['0 opened', '0 recovered'])
    const out = join(place.dir, 'site')
    const page = await run('report', [...watchArgs(place, 123).slice(0, -1), '--out', out], env)
    expect(page.code, page.stderr).toBe(3)
    expect(await readFile(join(out, 'index.html'), 'utf8')).toMatch(/data are old[\s\S]*over/)
    expect(await readFile(join(out, 'metrics.prom'), 'utf8')).toContain(
      'airq_alert_open{station="beijing",cause="stale-data"} 0',
    )
  },
  120_000,
)
