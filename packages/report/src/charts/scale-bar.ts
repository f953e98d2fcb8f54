import { CATEGORIES, type Scale } from '@airq/aqi-client'
import { scaleLinear } from 'd3-scale'
import { markup } from '../html/html.ts'
import { type Drawing, px, spaced } from './figure.ts'

export interface ScaleBarValues {
  readonly scale: Scale
  readonly aqi: number
  readonly lower: number
  readonly upper: number
}

const BAR = { top: 26, height: 14 } as const
const EDGE = 14
const SHORTEST = 300
const STEP = 50
const LABEL_GAP = 26

/** The classes side by side, with the forecast and its interval above them. */
export function scaleBar({ scale, aqi, lower, upper }: ScaleBarValues, width: number): Drawing {
  const end = Math.max(SHORTEST, Math.ceil(Math.max(upper, aqi) / STEP) * STEP)
  const x = scaleLinear([0, end], [EDGE, width - EDGE])
  const classes = CATEGORIES[scale]
  // Bounds lie between the last value of a class and the first of the next.
  const bounds = classes.map(({ lower: from }) => Math.max(0, from - 1)).filter((from) => from < end)
  const segments = bounds.map((from, i) => {
    const to = Math.min(bounds[i + 1] ?? end, end)
    const colour = classes[i]?.colour ?? '#808080'
    return markup`<rect
      class="edge"
      x="${px(x(from))}"
      y="${BAR.top}"
      width="${px(x(to) - x(from))}"
      height="${BAR.height}"
      fill="${colour}"
    />`
  })
  const labels = spaced([...bounds, end], x, LABEL_GAP).map(
    (value) =>
      markup`<text x="${px(x(value))}" y="${BAR.top + BAR.height + 15}" text-anchor="middle">${value}</text>`,
  )
  return {
    height: BAR.top + BAR.height + 20,
    content: [
      ...segments,
      ...labels,
      markup`<line class="interval" x1="${px(x(lower))}" x2="${px(x(upper))}" y1="13" y2="13" />`,
      ...[lower, upper].map(
        (value) =>
          markup`<line class="interval-end" x1="${px(x(value))}" x2="${px(x(value))}" y1="7" y2="19" />`,
      ),
      markup`<circle class="point" cx="${px(x(aqi))}" cy="13" r="6" />`,
      markup`<line
        class="needle"
        x1="${px(x(aqi))}"
        x2="${px(x(aqi))}"
        y1="19"
        y2="${BAR.top + BAR.height}"
      />`,
    ],
  }
}
