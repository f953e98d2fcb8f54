import { describe, expect, test } from 'vitest'
import { type AlertFacts, report } from '../src/index.ts'
import { NOW, question, station } from './support/sample.ts'

const DAY = 86_400_000
const at = question().now

function alert(change: Partial<AlertFacts> = {}): AlertFacts {
  return { station: 'beijing', cause: 'low-skill', opened_ms: NOW - 3 * DAY, closed_ms: null, ...change }
}
function fileOf(path: string, alerts?: readonly AlertFacts[], stations = [station()]): string {
  const { files } = report(question({ stations, ...(alerts === undefined ? {} : { alerts }) }))
  const found = files.find((file) => file.path === path)
  if (found === undefined) throw new Error(`there is no ${path}`)
  return found.content
}
const watchOf = (html: string) =>
  / id="watch".*?<\/section>/s.exec(html)?.[0].replaceAll(/<[^>]*>|\s+/g, ' ') ?? ''

describe('the page', () => {
  test('tells open alerts, then those that are over, by cause and time, in its own language', () => {
    const alerts = [
      alert({ cause: 'stale-data', opened_ms: NOW - 6 * DAY, closed_ms: NOW - 5 * DAY }),
      alert(),
      alert({ station: '*', cause: 'missed-run', opened_ms: NOW - 4 * DAY }),
    ]
    expect(watchOf(fileOf('index.html', alerts))).toMatch(
      /forecasts are worse than persistence +open +5 January 2026 at 00:10 .*a run or a forecast is missing +open.*data are old +over +2 January 2026 at 00:10 +3 January 2026 at 00:10/,
    )
    expect(watchOf(fileOf('zh/index.html', alerts))).toMatch(/预报不如持续性预报 +未解决/)
    expect(fileOf('index.html', alerts)).toContain('href="#watch"')
  })

  test('tells neither those of other stations, nor of long ago, nor of later; without any it has no such part', () => {
    const none = [
      alert({ station: 'other' }),
      alert({ opened_ms: NOW - 60 * DAY, closed_ms: NOW - 40 * DAY }),
      alert({ opened_ms: at + 1 }),
    ]
    for (const alerts of [none, [], undefined]) {
      expect(fileOf('index.html', alerts)).not.toContain('id="watch"')
    }
  })

  test('shows a cause it does not know as text', () => {
    const html = fileOf('index.html', [alert({ cause: '<img src=x onerror=alert(1)>' })])
    expect(html).toContain('&lt;img src=x')
    expect(html).not.toContain('<img src=x')
  })
})

test('metrics.prom has each cause once: 1 while it is open, 0 once it is over', () => {
  const alerts = [
    alert({ opened_ms: NOW - 9 * DAY, closed_ms: NOW - 8 * DAY }),
    alert(),
    alert({ station: '*', cause: 'missed-run', closed_ms: NOW }),
  ]
  const lines = fileOf('metrics.prom', alerts)
    .split('\n')
    .filter((line) => line.startsWith('airq_alert_open'))
  expect(lines).toEqual([
    'airq_alert_open{station="beijing",cause="low-skill"} 1',
    'airq_alert_open{station="*",cause="missed-run"} 0',
  ])
  expect(fileOf('metrics.prom')).not.toContain('airq_alert_open')
})
