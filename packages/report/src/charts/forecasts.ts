import { CATEGORIES, categoryOf, type Scale } from '@airq/aqi-client'
import type { AqiForecastRow } from '@airq/feature-groups'
import { max } from 'd3-array'
import { scaleBand, scaleLinear } from 'd3-scale'
import { symbol, symbolCircle, symbolSquare, symbolX } from 'd3-shape'
import { type Html, markup } from '../html/html.ts'
import type { Formats } from '../words/formats.ts'
import { type Drawing, px, spaced } from './figure.ts'

export interface ForecastsChart {
  readonly scale: Scale
  /** Ascending by day. */
  readonly rows: readonly AqiForecastRow[]
  readonly observed: ReadonlyMap<string, number>
  readonly formats: Formats
}

const HEIGHT = 240
const TOP = 18
const BOTTOM = 24
const LEFT = 32
const RIGHT = 22
/** Pixels a day needs to be told from its neighbours. */
const DAY_WIDTH = 10
const LABEL_WIDTH = 62
const LEAST_TOP = 160
const LABEL_GAP = 15
/** A young ledger keeps to the left, with days of this width. */
const WIDEST_DAY = 36

/** An interval and a point a day, coloured by class over lines at the bounds of the classes. */
export function forecastsChart(chart: ForecastsChart, width: number): Drawing {
  const { scale, observed, formats } = chart
  const rows = chart.rows.slice(-daysOn(width))
  const top = max(rows, (row) => Math.max(row.upper, row.aqi, observed.get(row.day) ?? 0)) ?? 0
  const right = width - RIGHT
  const x = scaleBand(
    rows.map(({ day }) => day),
    [LEFT, Math.min(right, LEFT + rows.length * WIDEST_DAY)],
  ).padding(0.3)
  const y = scaleLinear([0, Math.max(LEAST_TOP, top * 1.04)], [HEIGHT - BOTTOM, TOP])
  const centre = (row: AqiForecastRow) => px((x(row.day) ?? 0) + x.bandwidth() / 2)
  const every = Math.max(1, Math.ceil(LABEL_WIDTH / x.step()))
  return {
    height: HEIGHT,
    content: [
      ...boundLines(scale, y, width),
      ...rows.map(
        (row) =>
          markup`<rect
            class="${row.fallback ? 'band plain' : 'band'}"
            x="${px(x(row.day) ?? 0)}"
            y="${px(y(row.upper))}"
            width="${px(x.bandwidth())}"
            height="${px(y(row.lower) - y(row.upper))}"
            rx="2"
          />`,
      ),
      ...rows.map((row) => mark(row, scale, centre(row), px(y(row.aqi)), formats)),
      ...rows.flatMap((row) => {
        const value = observed.get(row.day)
        return value === undefined ? [] : [cross(centre(row), px(y(value)))]
      }),
      ...rows
        .filter((_, i) => (rows.length - 1 - i) % every === 0)
        .map(
          (row) =>
            markup`<text x="${centre(row)}" y="${HEIGHT - 6}" text-anchor="middle"
              >${formats.shortDay(row.day)}</text
            >`,
        ),
    ],
  }
}

/** How many days a drawing of a width can hold. */
function daysOn(width: number): number {
  return Math.floor((width - LEFT - RIGHT) / DAY_WIDTH)
}

function boundLines(scale: Scale, y: (value: number) => number, width: number): Html[] {
  const lines = [0, ...CATEGORIES[scale].slice(1).map(({ lower }) => lower - 1)]
  const shown = lines.filter((value) => y(value) >= TOP - 4)
  return spaced(shown, y, LABEL_GAP).map(
    (value) =>
      markup`<line
            class="grid"
            x1="${LEFT}"
            x2="${width - RIGHT}"
            y1="${px(y(value))}"
            y2="${px(y(value))}"
          /><text x="${LEFT - 5}" y="${px(y(value) + 4)}" text-anchor="end">${value}</text>`,
  )
}

/** A circle where a model spoke, a square where a plain rule did. */
function mark(row: AqiForecastRow, scale: Scale, x: number, y: number, formats: Formats): Html {
  const path = symbol(row.fallback ? symbolSquare : symbolCircle, 46)() ?? ''
  const { colour } = categoryOf(row.aqi, scale)
  return markup`<path class="dot" transform="translate(${x} ${y})" d="${rounded(path)}" fill="${colour}"
    ><title>${formats.shortDay(row.day)}: ${row.aqi}</title></path
  >`
}

function cross(x: number, y: number): Html {
  return markup`<path
    class="cross"
    transform="translate(${x} ${y})"
    d="${rounded(symbol(symbolX, 30)() ?? '')}"
  />`
}

/** Digits that nobody sees cost bytes. */
export function rounded(path: string): string {
  return path.replaceAll(/-?\d+\.\d+/g, (number) => String(px(Number(number))))
}
