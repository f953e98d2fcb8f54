import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { report, type ReportQuestion } from '../src/index.ts'
import { days, evening, forecast, imported, ledger, MODEL, NOW, question, station } from './support/sample.ts'

function fileOf(path: string, change: Partial<ReportQuestion> = {}): string {
  const found = report(question(change)).files.find((file) => file.path === path)
  if (found === undefined) throw new Error(`there is no ${path}`)
  return found.content
}
const page = (change: Partial<ReportQuestion> = {}) => fileOf('index.html', change)
/** What a reader sees: without markup, white space in one. */
const textOf = (html: string) =>
  html
    .replaceAll(/<style>.*?<\/style>/gs, ' ')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')

const SIMULATED = station({
  id: 'sim',
  name: 'Simulated City',
  days: days(400, { origin: 'simulator' }),
  ledger: ledger(200).map((row) => ({ ...row, simulated: true })),
  models: [{ ...MODEL, lineage: { ...MODEL.lineage, simulated: true } }],
})

describe('the first screen', () => {
  const hero = /<section[^>]* id="forecast".*?<\/section>/s.exec(page().replaceAll('\n', ' '))?.[0] ?? ''

  test('tells day and zone, class, interval, chance, health words and where it comes from', () => {
    const text = textOf(hero)
    for (const part of [
      'Tomorrow Friday, 9 January 2026 Asia/Shanghai',
      'AQI 155, Unhealthy',
      '85 to 272 with 90% confidence',
      /9\d% Chance of an unhealthy day AQI above 100/,
      'Everyone should cut down long or heavy exertion outdoors',
      'A model’s estimate, not medical advice.',
      'Decided evening, 8 January 2026, 20:00',
      'Issued 8 January 2026 at 20:05 (Asia/Shanghai)',
      'Known then daily values',
      'US EPA AQI, as in force from 2016 to May 2024',
      /Beijing Environmental Protection Monitoring Center ?, World Air Quality Index Project/,
    ]) {
      expect(text).toMatch(part)
    }
    expect(hero).toContain('href="https://www.airnow.gov/aqi/aqi-basics/"')
  })

  test('in Chinese as well', () => {
    const text = textOf(fileOf('zh/index.html'))
    for (const part of ['明天 2026年1月9日星期五', '不健康', '这是模型的估计，不是医疗建议', '历史表现']) {
      expect(text).toContain(part)
    }
  })

  test('without a forecast of tomorrow shows that of today, and says so', () => {
    const text = textOf(page({ stations: [station({ ledger: ledger(20).slice(0, -1) })] }))
    expect(text).toContain('Today Thursday, 8 January 2026')
    expect(text).not.toContain('Tomorrow')
  })

  test('of a ledger that has stopped names its last day and forecasts nothing', () => {
    const text = textOf(page({ stations: [station({ ledger: ledger(20).slice(0, -5) })] }))
    expect(text).toContain('No forecast The last one that was issued is for Sunday, 4 January 2026.')
  })

  test('takes the newest decision, and the newest revision of it', () => {
    const rows = [
      evening(1, { aqi: 90 }),
      evening(1, { aqi: 130, revision: 1, issued_at: evening(1).issued_at + 60_000 }),
      forecast(1, { aqi: 60, issued_at: evening(1).issued_at - 1, issue_slot: '2026-01-07T24' }),
    ]
    expect(textOf(page({ stations: [station({ ledger: rows })] }))).toContain('AQI 130, Unhealthy for')
  })
})

describe('a page by itself', () => {
  test.each(['index.html', 'zh/index.html'])('%s asks for nothing and runs nothing', (path) => {
    const html = fileOf(path)
    expect(html).toMatch(/default-src &#39;none&#39;; style-src &#39;sha256-/)
    expect(html).not.toMatch(/<(script|img|iframe|object|embed|form|base|audio|video)\b/i)
    expect(html).not.toMatch(/\s(on\w+|style|src|srcset|formaction|action)=/i)
    const links = [...html.matchAll(/<link[^>]*>/g)].map(([link]) => link)
    expect(links.every((link) => /rel="(alternate|icon)"/.test(link))).toBe(true)
  })

  test('links of the site lead to files of the site', () => {
    const { files } = report(question({ stations: [station(), SIMULATED] }))
    const paths = new Set(files.map((file) => file.path))
    for (const { path, content } of files.filter((file) => file.path.endsWith('.html'))) {
      const hrefs = [...content.matchAll(/href="([^"#][^"]*)"/g)].map(([, href = '']) => href)
      for (const href of hrefs.filter((one) => !/^(https?:|data:)/.test(one))) {
        const target = new URL(href, `http://site/${path}`).pathname.slice(1)
        expect(paths, `${path} -> ${href}`).toContain(target)
      }
    }
  })

  test('several stations have a page to pick from and links to each other', () => {
    const { files } = report(question({ stations: [station(), SIMULATED] }))
    expect(files.map((file) => file.path)).toEqual([
      'index.html',
      'stations/beijing.html',
      'stations/sim.html',
      'zh/index.html',
      'zh/stations/beijing.html',
      'zh/stations/sim.html',
      'badges/beijing.svg',
      'badges/sim.svg',
      'metrics.prom',
      'forecast.schema.json',
      'forecast.json',
    ])
    const own = files.find((file) => file.path === 'zh/stations/sim.html')?.content ?? ''
    expect(own).toContain('href="../../zh/stations/beijing.html"')
  })

  test('the page to pick from names day and class of each, and which have no forecast', () => {
    const silent = station({ id: 'silent', name: 'Silent', ledger: [] })
    const text = textOf(fileOf('index.html', { stations: [station(), silent] }))
    expect(text).toContain('Beijing AQI 155, Unhealthy Tomorrow · Friday, 9 January 2026')
    expect(text).toMatch(/Silent\s+No forecast/)
  })

  test('an id that is no file name is refused', () => {
    expect(() => report(question({ stations: [station({ id: '../x' })] }))).toThrow('is no id of a station')
  })

  test('the same question gives the same files', () => {
    expect(report(question())).toEqual(report(question()))
  })
})

describe('simulated and fallback', () => {
  const sectionsOf = (html: string) => html.split(/<section/).slice(1)

  test('simulated data is marked in every section, on every chart, on the badge and in the feed', () => {
    const { files, feed } = report(question({ stations: [SIMULATED] }))
    const html = files.find(({ path }) => path === 'index.html')?.content ?? ''
    expect(sectionsOf(html).length).toBe(6)
    for (const part of sectionsOf(html)) expect(part).toMatch(/class="tag sim"/)
    const charts = [...html.matchAll(/<svg\s+class="(?:narrow|wide)".*?<\/svg>/gs)].map(([chart]) => chart)
    expect(charts.length).toBeGreaterThan(8)
    for (const chart of charts) expect(chart).toContain('>simulated<')
    expect(files.find(({ path }) => path === 'badges/sim.svg')?.content).toContain('simulated')
    expect(feed.stations[0]).toMatchObject({ simulated: true, forecast: { simulated: true } })
    expect(feed.stations[0]?.recent.every((one) => one.simulated)).toBe(true)
    expect(feed.stations[0]?.trackRecord.every((one) => one.simulated)).toBe(true)
  })

  test('real data bears no such mark', () => {
    expect(page()).not.toMatch(/class="tag (sim|plain)"/)
  })

  test('a fallback is marked, has no reasons, and is a square among circles', () => {
    const plain = evening(1, { fallback: true, model_name: null, model_version: null })
    const html = page({ stations: [station({ ledger: [...ledger(20).slice(0, -1), plain] })] })
    expect(textOf(html)).toContain('No model spoke: this is a plain rule')
    expect(html.match(/class="tag plain"/g)?.length).toBeGreaterThan(2)
    expect(html).not.toContain('id="why"')
    expect(html).toContain('class="band plain"')
  })
})

test('a ledger of one forecast draws it no wider than a day of many', () => {
  const widest = (count: number) => {
    const html = page({ stations: [station({ ledger: ledger(200).slice(-count) })] })
    const bands = [...html.matchAll(/class="band"\s+x="[^"]*"\s+y="[^"]*"\s+width="([^"]*)"/g)]
    expect(bands.length).toBeGreaterThanOrEqual(count)
    return Math.max(...bands.map(([, width]) => Number(width)))
  }
  expect(widest(1)).toBeLessThanOrEqual(40)
  expect(widest(60)).toBeLessThan(widest(1))
})

describe('the sections', () => {
  test('tell reasons, quality and the model, the backtest apart and named so', () => {
    const text = textOf(page())
    for (const part of [
      'Air of the last day +36%',
      'Wind -18%',
      'Final 390 · Partial 6 · Missing 4',
      'a stuck sensor: 2, let in later: 1',
      'beijing-evening 1.2.0',
      'better than the serving recipe on the same days',
      'Backtest Made afterwards on 365 past days',
      'these are no track record',
      'Model card What the registry keeps of this version',
      'trainingRows 4210',
    ]) {
      expect(text).toContain(part)
    }
  })

  test('tell the last import: when, which days, how its columns were moved, and how sure that is', () => {
    const imports = [
      imported({ number: 1, shift_pm25: 0, shift_pm10: 1, confidence: 'presumed', stretches: 3 }),
      imported({ known_at: NOW }),
      imported({ number: 2, known_at: NOW + 48 * 3_600_000 }),
    ]
    const stations = [station({ imports })]
    const text = textOf(page({ stations }))
    for (const part of [
      'Last import 7 January 2026 at 10:10: days from 1 January 2014 to 6 January 2026',
      'Days added to the labels PM2.5 0 · PM10 +1 · ozone 0 · NO₂ 0 · SO₂ 0 (of the newest labels',
      'Told by the order of the rows',
      'Confidence presumed',
    ]) {
      expect(text).toContain(part)
    }
    const chinese = fileOf('zh/index.html', { stations })
    expect(textOf(chinese)).toContain('日期标签所加天数 PM2.5 0 · PM10 +1 · 臭氧 0')
    expect(textOf(page())).not.toContain('Last import')
  })

  test('a young station without anything has a page all the same', () => {
    const empty = station({
      ledger: [],
      days: [],
      models: [],
      quarantine: [],
      attributions: null,
      reasons: [],
    })
    const text = textOf(page({ stations: [empty] }))
    for (const part of ['None has been issued yet.', 'There are no days yet.', 'No model serves']) {
      expect(text).toContain(part)
    }
  })

  test('a later revision is told and changes nothing of what was said first', () => {
    const later = evening(-3, { aqi: 400, revision: 1 })
    const text = textOf(page({ stations: [station({ ledger: [...ledger(20), later] })] }))
    expect(text).toContain('0 (1 later)')
    expect(text).not.toContain('400')
  })

  test('twelve years of one station stay below 300 KB', () => {
    const years = station({ days: days(12 * 365), ledger: ledger(12 * 365 - 5) })
    const html = page({ stations: [years], publishObservations: true })
    expect(Buffer.byteLength(html)).toBeLessThan(300_000)
  })
})

test('every text is there in both languages, and none is the same where it should not be', () => {
  const english = readFileSync(new URL('../src/words/en.ts', import.meta.url), 'utf8')
  const chinese = textOf(fileOf('zh/index.html'))
  for (const [, phrase = ''] of english.matchAll(/: '([A-Z][a-z]+ [a-z][^']{8,})'/g)) {
    expect(chinese).not.toContain(phrase)
  }
})
