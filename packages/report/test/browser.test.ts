import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { report } from '../src/index.ts'
import { Browser, CHROMIUM, type View } from './support/browser.ts'
import { days, evening, ledger, question, station } from './support/sample.ts'

// How the pages come out: layout and contrast are measured, not looked at.

const LONG = 'Kota Kinabalu – Sekolah Menengah Kebangsaan Taman Tun Fuad, Likas'
const STATIONS = [
  station(),
  station({
    id: 'long',
    name: LONG,
    days: days(12 * 365, { origin: 'simulator' }),
    ledger: [...ledger(12 * 365 - 5).slice(0, -1), evening(1, { aqi: 149, fallback: true, simulated: true })],
  }),
  station({ id: 'purple', ledger: [...ledger(200).slice(0, -1), evening(1, { aqi: 460 })] }),
]

/** Narrower than its content, text on text, text that is cut, too small or too pale. */
const MEASURE = `(() => {
  const faults = []
  if (document.documentElement.scrollWidth > innerWidth) faults.push('wider than the screen')
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number)
  const light = (colour) => channels(colour).slice(0, 3)
    .map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0)
  const contrast = (a, b) => { const [x, y] = [light(a), light(b)]; return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05) }
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor
      if ((channels(colour)[3] ?? 1) > 0) return colour
    }
    return 'rgb(255,255,255)'
  }
  const visible = (e) => e.checkVisibility() && e.getBoundingClientRect().width > 1
  for (const e of document.querySelectorAll('h1,h2,h3,h4,p,dt,dd,th,td,small,summary,a,span,strong,li,code')) {
    if (!visible(e) || !e.textContent.trim()) continue
    const ratio = contrast(getComputedStyle(e).color, ground(e))
    if (ratio < 4.5) faults.push('pale ' + ratio.toFixed(1) + ': ' + e.textContent.slice(0, 30))
  }
  for (const svg of document.querySelectorAll('figure svg')) {
    if (!visible(svg)) continue
    const frame = svg.getBoundingClientRect()
    const texts = [...svg.querySelectorAll('text')].map((t) => [t, t.getBoundingClientRect()])
    texts.forEach(([t, r], i) => {
      const size = parseFloat(getComputedStyle(t).fontSize) * frame.width / svg.viewBox.baseVal.width
      if (size < 9.5) faults.push('small ' + size.toFixed(1) + ': ' + t.textContent)
      if (contrast(getComputedStyle(t).fill, ground(svg)) < 4.5) faults.push('pale: ' + t.textContent)
      if (r.left < frame.left - 1 || r.right > frame.right + 1 || r.top < frame.top - 1 || r.bottom > frame.bottom + 1)
        faults.push('cut: ' + t.textContent)
      for (const [other, q] of texts.slice(i + 1))
        if (r.left < q.right - 1 && q.left < r.right - 1 && r.top < q.bottom - 2 && q.top < r.bottom - 2)
          faults.push('on each other: ' + t.textContent + ', ' + other.textContent)
    })
  }
  return faults
})()`

const VIEWS: readonly View[] = [
  { width: 360, height: 740, scheme: 'light' },
  { width: 390, height: 844, scheme: 'dark' },
  { width: 900, height: 1000, scheme: 'light' },
  { width: 1280, height: 900, scheme: 'dark' },
]
const PATHS = ['index.html', 'stations/beijing.html', 'stations/long.html', 'stations/purple.html'].flatMap(
  (path) => [path, `zh/${path}`],
)

describe.skipIf(CHROMIUM === undefined)('in a browser (skipped where there is no Chromium)', () => {
  let folder = ''
  let browser: Browser
  const address = (path: string) => pathToFileURL(join(folder, path)).href

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'airq-report-'))
    for (const { path, content } of report(question({ stations: STATIONS, publishObservations: true }))
      .files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), content)
    }
    browser = await Browser.start()
  }, 60_000)
  afterAll(async () => {
    await browser[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  test.each(VIEWS)('$width px, $scheme: nothing is cut, covered, small or pale', async (view) => {
    for (const path of PATHS) {
      await browser.open(address(path), view)
      await browser.evaluate('document.querySelectorAll("details").forEach((d) => (d.open = true))')
      expect([path, await browser.evaluate(MEASURE)]).toEqual([path, []])
    }
  })

  test.each(PATHS)('%s asks for itself alone, and the browser has nothing to complain of', async (path) => {
    await browser.open(address(path), { width: 390, height: 844, scheme: 'light' })
    // The icon is in the page.
    expect(browser.requests.filter((url) => !url.startsWith('data:'))).toEqual([address(path)])
    expect(browser.complaints).toEqual([])
    expect(await browser.evaluate('getComputedStyle(document.querySelector(".page")).maxWidth')).toBe(
      '1080px',
    )
  })

  test('the answer is on the first screen of a phone', async () => {
    await browser.open(address('stations/beijing.html'), { width: 390, height: 844, scheme: 'light' })
    const bottoms = await browser.evaluate(
      '[".kicker", ".class", ".chance", ".advice", ".two .facts > div:nth-child(4)"].map((q) => document.querySelector(q).getBoundingClientRect().bottom <= innerHeight)',
    )
    expect(bottoms).toEqual([true, true, true, true, true])
  })

  test('every link, table and disclosure is reached by Tab, in the order of the page', async () => {
    await browser.open(address('stations/beijing.html'), { width: 1280, height: 900, scheme: 'light' })
    const wanted = await browser.evaluate(
      '[...document.querySelectorAll("a[href],summary,.scroll")].filter((e) => e.checkVisibility()).map((e) => e.outerHTML.slice(0, 80))',
    )
    const met: unknown[] = []
    for (let i = 0; i < (wanted as string[]).length; i++) {
      await browser.press('Tab')
      met.push(await browser.evaluate('document.activeElement.outerHTML.slice(0, 80)'))
    }
    expect(met).toEqual(wanted)
  })

  test('every drawing has a name, every section a heading', async () => {
    await browser.open(address('stations/long.html'), { width: 390, height: 844, scheme: 'light' })
    const unnamed = await browser.evaluate(
      '[...document.querySelectorAll("svg")].filter((e) => e.getAttribute("aria-hidden") !== "true" && !e.getAttribute("aria-label")).length + [...document.querySelectorAll("section")].filter((e) => !document.getElementById(e.getAttribute("aria-labelledby"))).length',
    )
    expect(unnamed).toBe(0)
    const charts = await browser.evaluate(
      'document.querySelectorAll("figure").length - document.querySelectorAll("figure table").length',
    )
    // All but the bar of the scale, whose figures stand beside it, have a table.
    expect(charts).toBe(1)
  })
})
