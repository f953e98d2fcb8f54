import { describe, expect, test } from 'vitest'
import { report } from '../src/index.ts'
import { imported, ledger, MODEL, question, station } from './support/sample.ts'

const MARKUP = `"><script>alert(1)</script><img src=x onerror=alert(1)>'&\u202e\u0000\n`
const attributions = (...entries: unknown[]) => JSON.stringify(entries)

const HOSTILE = station({
  name: MARKUP,
  attributions: attributions(
    { name: MARKUP, url: 'javascript:alert(1)', logo: 'javascript:alert(1)' },
    { name: 'quote', url: 'https://example.org/"><script>alert(1)</script>', logo: null },
    { name: 'data', url: 'data:text/html,<script>alert(1)</script>', logo: null },
    { name: 'World Air Quality Index Project', url: 'https://waqi.info/', logo: null },
  ),
  quarantine: [{ reason: MARKUP, released: false }],
  imports: [imported({ first_day: MARKUP, last_day: MARKUP, method: MARKUP, confidence: MARKUP })],
  ledger: ledger(40).map((row) => ({
    ...row,
    model_name: MARKUP,
    model_version: MARKUP,
    information_set: MARKUP,
    interval_method: MARKUP,
    category: MARKUP,
  })),
  models: [
    {
      ...MODEL,
      name: MARKUP,
      version: MARKUP,
      contentSha256: MARKUP,
      createdAt: MARKUP,
      params: { recipe: MARKUP, [MARKUP]: { [MARKUP]: MARKUP } },
      lineage: {
        gitCommit: MARKUP,
        trainingRows: 1,
        firstDay: MARKUP,
        lastDay: MARKUP,
        testDays: { n: 1, firstDay: MARKUP, lastDay: MARKUP },
      },
      metrics: { [`${MARKUP}_mae`]: 1 },
      promotion: { at: MARKUP, reason: MARKUP, from: MARKUP, kind: 'rollback' },
    },
  ],
})
const { files, feed } = report(question({ stations: [HOSTILE, station({ id: 'other', name: MARKUP })] }))
const pages = files.filter(({ path }) => path.endsWith('.html'))

describe('markup in every field that comes from elsewhere', () => {
  test.each(files.filter(({ path }) => /\.(html|svg)$/.test(path)))('is text in $path', ({ content }) => {
    expect(content).not.toMatch(/<script|<img/i)
    expect(content).toContain('&lt;script&gt;')
    // What is left of the tags once quoted values are taken out holds nothing of the text.
    const tags = [...content.matchAll(/<[a-z](?:[^>"]|"[^"]*")*>/gi)].map(([tag]) =>
      tag.replaceAll(/"[^"]*"/g, ''),
    )
    expect(tags.filter((tag) => /onerror|alert|script/.test(tag))).toEqual([])
  })

  test('turns no text around and holds no control characters', () => {
    // eslint-disable-next-line no-control-regex -- these are looked for
    for (const { content } of files) expect(content).not.toMatch(/[\u0000-\u0008\u202a-\u202e\u2066-\u2069]/)
  })

  test('links are http or https only', () => {
    const hrefs = pages.flatMap(({ content }) =>
      [...content.matchAll(/<a[^>]* href="([^"]*)"/g)].map(([, href = '']) => href),
    )
    expect(hrefs.filter((href) => /^[a-z]+:/i.test(href) && !/^https?:/.test(href))).toEqual([])
    expect(hrefs.some((href) => href.startsWith('https://example.org/%22%3E%3Cscript'))).toBe(true)
    expect(feed.stations[0]?.attributions.map(({ url }) => url)).toEqual([
      null,
      expect.stringMatching(/^https:\/\/example\.org\//),
      null,
      'https://waqi.info/',
    ])
  })

  test('breaks no line of the metrics', () => {
    const lines =
      files
        .find(({ path }) => path === 'metrics.prom')
        ?.content.trimEnd()
        .split('\n') ?? []
    const shape = /^(# (HELP|TYPE) .*|\w+(\{(\w+="([^"\\]|\\["\\])*",?)+\})? -?[\d.e+-]+)$/
    expect(lines.filter((line) => !shape.test(line))).toEqual([])
  })
})

test.each([null, 'no json', '{}', '[{"name":5}]', '[]'])(
  'attributions %j: the source of downloads is named',
  (stored) => {
    const said = report(question({ stations: [station({ attributions: stored })] })).feed.stations[0]
    expect(said?.attributions).toEqual([
      { name: 'World Air Quality Index Project', url: 'https://waqi.info/' },
    ])
  },
)
