import { max } from 'd3-array'
import { scaleLinear, scalePoint } from 'd3-scale'
import { line } from 'd3-shape'
import { type Html, markup } from '../html/html.ts'
import type { MonthRecord } from '../record/track-record.ts'
import type { Formats } from '../words/formats.ts'
import { type Drawing, px } from './figure.ts'
import { rounded } from './forecasts.ts'

export interface MonthsChart {
  readonly months: readonly MonthRecord[]
  readonly formats: Formats
  readonly forecast: string
  readonly persistence: string
}

const HEIGHT = 200
const TOP = 34
const BOTTOM = 24
const LEFT = 32
const RIGHT = 30
const LABEL_WIDTH = 78
const TICKS = 4
/** Nearer to each other the months are a line and no spots. */
const SPOT_WIDTH = 8

/** Mean errors by month: the forecasts' as a line, persistence's dashed. */
export function monthsChart({ months, formats, ...names }: MonthsChart, width: number): Drawing {
  const top = max(months, ({ mae, persistenceMae }) => Math.max(mae, persistenceMae)) ?? 1
  const x = scalePoint(
    months.map(({ month }) => month),
    [LEFT, width - RIGHT],
  ).padding(0.1)
  const y = scaleLinear([0, top * 1.05], [HEIGHT - BOTTOM, TOP]).nice(TICKS)
  const at = ({ month }: MonthRecord) => x(month) ?? 0
  const path = (value: (record: MonthRecord) => number) =>
    rounded(line<MonthRecord>(at, (record) => y(value(record)))([...months]) ?? '')
  const every = Math.max(1, Math.ceil(LABEL_WIDTH / Math.max(1, x.step())))
  return {
    height: HEIGHT,
    content: [
      ...y.ticks(TICKS).map((value) => gridLine(value, y(value), width)),
      markup`<path class="line other" d="${path(({ persistenceMae }) => persistenceMae)}" />`,
      markup`<path class="line ours" d="${path(({ mae }) => mae)}" />`,
      ...(x.step() < SPOT_WIDTH ? [] : months).map(
        (record) => markup`<circle class="spot" cx="${px(at(record))}" cy="${px(y(record.mae))}" r="2.5" />`,
      ),
      ...legend([
        [names.forecast, 'line ours'],
        [names.persistence, 'line other'],
      ]),
      ...months
        .filter((_, i) => (months.length - 1 - i) % every === 0)
        .map(
          (record) =>
            markup`<text x="${px(at(record))}" y="${HEIGHT - 6}" text-anchor="middle"
              >${formats.month(record.month)}</text
            >`,
        ),
    ],
  }
}

function gridLine(value: number, y: number, width: number): Html {
  return markup`<line class="grid" x1="${LEFT}" x2="${width - RIGHT}" y1="${px(y)}" y2="${px(y)}" /><text
      x="${LEFT - 5}"
      y="${px(y + 4)}"
      text-anchor="end"
      >${value}</text
    >`
}

function legend(entries: readonly (readonly [name: string, look: string])[]): Html[] {
  return entries.map(([name, look], i) => {
    const x = LEFT + i * 130
    return markup`<line class="${look}" x1="${x}" x2="${x + 22}" y1="16" y2="16" /><text x="${x + 28}" y="20"
        >${name}</text
      >`
  })
}
