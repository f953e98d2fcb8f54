import { max } from 'd3-array'
import { scaleLinear } from 'd3-scale'
import { markup } from '../html/html.ts'
import type { Reason } from '../record/reasons.ts'
import type { Formats } from '../words/formats.ts'
import type { Words } from '../words/words.ts'
import { type Drawing, px } from './figure.ts'

const BAR = 12
const EDGE = 6
/** With room enough a reason takes one line: its name, its bar, its figure. */
const ROOMY = { from: 600, row: 32, left: 250, right: 70, bar: 10 } as const
const TIGHT = { row: 44, left: EDGE, right: EDGE, bar: 22 } as const
const LEAST = 0.1

/** Bars to the right where the forecast is higher for a reason, to the left where it is lower. */
export function reasonsChart(
  reasons: readonly Reason[],
  { words, formats }: { readonly words: Words; readonly formats: Formats },
  width: number,
): Drawing {
  const reach = Math.max(LEAST, max(reasons, ({ change }) => Math.abs(change)) ?? 0)
  const { row, left, right, bar } = width >= ROOMY.from ? ROOMY : TIGHT
  const x = scaleLinear([-reach, reach], [left, width - right])
  const zero = px(x(0))
  return {
    height: reasons.length * row + 4,
    content: [
      ...reasons.flatMap(({ key, change }, i) => {
        const top = i * row
        const [from, to] = change < 0 ? [x(change), x(0)] : [x(0), x(change)]
        return [
          markup`<text class="name" x="${EDGE}" y="${top + 17}">${words.reasons[key]}</text>`,
          markup`<text class="value" x="${width - EDGE}" y="${top + 17}" text-anchor="end"
            >${formats.change(change)}</text
          >`,
          markup`<rect
            class="${change < 0 ? 'down' : 'up'}"
            x="${px(from)}"
            y="${top + bar}"
            width="${px(to - from)}"
            height="${BAR}"
            rx="2"
          />`,
        ]
      }),
      ...reasons.map(
        (_, i) =>
          markup`<line
            class="zero"
            x1="${zero}"
            x2="${zero}"
            y1="${i * row + bar - 2}"
            y2="${i * row + bar + BAR + 2}"
          />`,
      ),
    ],
  }
}
