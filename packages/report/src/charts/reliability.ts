import { max } from 'd3-array'
import { scaleLinear, scaleSqrt } from 'd3-scale'
import { markup } from '../html/html.ts'
import type { ReliabilityBin } from '../record/track-record.ts'
import { type Drawing, px } from './figure.ts'

const HEIGHT = 262
const TOP = 18
const BOTTOM = 46
const LEFT = 52
const TICKS = [0, 0.25, 0.5, 0.75, 1] as const

export interface ReliabilityChart {
  readonly bins: readonly ReliabilityBin[]
  readonly said: string
  readonly came: string
}

/** What was said against what came; the size of a circle tells of how many days. */
export function reliabilityChart({ bins, said, came }: ReliabilityChart, width: number): Drawing {
  const side = HEIGHT - TOP - BOTTOM
  const left = Math.max(LEFT, (width - side) / 2)
  const x = scaleLinear([0, 1], [left, left + side])
  const y = scaleLinear([0, 1], [TOP + side, TOP])
  const radius = scaleSqrt([0, max(bins, ({ n }) => n) ?? 1], [3, 13])
  const percent = (share: number) => `${String(share * 100)}%`
  return {
    height: HEIGHT,
    content: [
      ...TICKS.flatMap((tick) => [
        markup`<line class="grid" x1="${px(x(0))}" x2="${px(x(1))}" y1="${px(y(tick))}" y2="${px(y(tick))}" />`,
        markup`<text x="${px(x(0) - 12)}" y="${px(y(tick) + 4)}" text-anchor="end">${percent(tick)}</text>`,
        markup`<text x="${px(x(tick))}" y="${TOP + side + 24}" text-anchor="middle">${percent(tick)}</text>`,
      ]),
      markup`<line class="diagonal" x1="${px(x(0))}" y1="${px(y(0))}" x2="${px(x(1))}" y2="${px(y(1))}" />`,
      ...bins.map(
        ({ forecast, observed, n }) =>
          markup`<circle
            class="bubble"
            cx="${px(x(forecast))}"
            cy="${px(y(observed))}"
            r="${px(radius(n))}"
          />`,
      ),
      markup`<text class="axis" x="${px(x(0.5))}" y="${HEIGHT - 6}" text-anchor="middle">${said}</text>`,
      markup`<text
        class="axis"
        transform="translate(${px(left - 46)} ${px(y(0.5))}) rotate(-90)"
        text-anchor="middle"
        >${came}</text
      >`,
    ],
  }
}
