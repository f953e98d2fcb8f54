import { max } from 'd3-array'
import { scaleBand, scaleLinear } from 'd3-scale'
import { stack } from 'd3-shape'
import { markup } from '../html/html.ts'
import type { DayCounts, YearCounts } from '../record/quality.ts'
import type { Words } from '../words/words.ts'
import { type Drawing, px } from './figure.ts'

const HEIGHT = 170
const TOP = 30
const BOTTOM = 24
const EDGE = 4
const WIDEST = 44
const LABEL_WIDTH = 38
const KEYS: readonly (keyof DayCounts)[] = ['final', 'partial', 'modelled', 'missing']

/** Days of each year, one part on the other by status. */
export function yearsChart(years: readonly YearCounts[], words: Words, width: number): Drawing {
  const used = KEYS.filter((key) => years.some((year) => year[key] > 0))
  const most = max(years, (year) => KEYS.reduce((sum, key) => sum + year[key], 0)) ?? 1
  const room = Math.min(width - 2 * EDGE, years.length * WIDEST * 1.3)
  const x = scaleBand(
    years.map(({ year }) => year),
    [EDGE, EDGE + room],
  ).padding(0.2)
  const y = scaleLinear([0, most], [HEIGHT - BOTTOM, TOP])
  const every = Math.max(1, Math.ceil(LABEL_WIDTH / x.step()))
  const layers = stack<YearCounts, keyof DayCounts>()
    .keys(used)
    .value((year, key) => year[key])([...years])
  return {
    height: HEIGHT,
    content: [
      ...layers.flatMap((layer) =>
        layer
          .filter(([from, to]) => to > from)
          .map((part) => {
            const [from, to] = part
            return markup`<rect
              class="day-${layer.key}"
              x="${px(x(part.data.year) ?? 0)}"
              y="${px(y(to))}"
              width="${px(x.bandwidth())}"
              height="${px(y(from) - y(to))}"
            />`
          }),
      ),
      ...used.map((key, i) => {
        const at = EDGE + i * 84
        return markup`<rect class="day-${key}" x="${at}" y="8" width="11" height="11" rx="2" /><text
            x="${at + 16}"
            y="18"
            >${words[key]}</text
          >`
      }),
      ...years
        .filter((_, i) => (years.length - 1 - i) % every === 0)
        .map(
          ({ year }) =>
            markup`<text x="${px((x(year) ?? 0) + x.bandwidth() / 2)}" y="${HEIGHT - 6}" text-anchor="middle"
              >${year}</text
            >`,
        ),
    ],
  }
}
