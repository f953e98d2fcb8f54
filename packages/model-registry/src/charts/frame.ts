const width = 720
const height = 360
const margin = { left: 56, right: 40, top: 32, bottom: 44 }
const inner = { right: width - margin.right, bottom: height - margin.bottom }
const grid = '#e5e7eb'

export interface Range {
  readonly least: number
  readonly most: number
}

type Point = readonly [x: number, y: number]

/** A tick of an axis: where it stands, and what it says. */
interface Tick {
  readonly at: number
  readonly label: string
}

export interface FrameOptions {
  readonly title: string
  readonly x: Range
  readonly y: Range
  readonly xLabel: string
  readonly yLabel: string
  /** Default: round numbers. */
  readonly xTicks?: readonly Tick[]
}

/** Draws in the units of the data. */
export interface Frame {
  line(points: readonly Point[], colour: string, dashed?: boolean): void
  /** The area between two lines over the same x. */
  band(points: readonly (readonly [x: number, low: number, high: number])[], colour: string): void
  dots(points: readonly Point[], colour: string, radius?: number): void
  /** Standing on 0. */
  bars(bars: readonly (readonly [from: number, to: number, y: number])[], colour: string): void
  /** Names of colours, beside the title. */
  legend(entries: readonly (readonly [name: string, colour: string])[]): void
  svg(): string
}

/** The least and the most of some values with a little room; never empty. */
export function rangeOf(values: readonly number[]): Range {
  let [least, most] = [Infinity, -Infinity]
  for (const value of values) {
    least = Math.min(least, value)
    most = Math.max(most, value)
  }
  if (least > most) return { least: 0, most: 1 }
  const room = least === most ? 1 : (most - least) * 0.04
  return { least: least - room, most: most + room }
}

/** An empty chart with axes. */
export function frame(options: FrameOptions): Frame {
  const { x, y } = options
  const parts: string[] = [...backdrop(options)]
  const atX = scale(x, margin.left, inner.right)
  const atY = scale(y, inner.bottom, margin.top)
  const path = (points: readonly Point[]): string =>
    points.map(([px, py], at) => `${at === 0 ? 'M' : 'L'}${String(atX(px))} ${String(atY(py))}`).join('')
  return {
    line(points, stroke, dashed = false) {
      const dash = dashed ? { 'stroke-dasharray': '4 4' } : {}
      parts.push(element('path', { d: path(points), fill: 'none', stroke, 'stroke-width': 1.4, ...dash }))
    },
    band(points, fill) {
      const upper = points.map(([px, , high]): Point => [px, high])
      const lower = points.map(([px, low]): Point => [px, low]).reverse()
      parts.push(element('path', { d: `${path([...upper, ...lower])}Z`, fill, 'fill-opacity': 0.18 }))
    },
    dots(points, fill, r = 2.2) {
      for (const [px, py] of points)
        parts.push(element('circle', { cx: atX(px), cy: atY(py), r, fill, 'fill-opacity': 0.6 }))
    },
    bars(bars, fill) {
      for (const [from, to, value] of bars) {
        const [left, top] = [atX(from), atY(value)]
        const size = { width: Math.max(0, atX(to) - left - 1), height: Math.max(0, atY(0) - top) }
        parts.push(element('rect', { x: left, y: top, ...size, fill }))
      }
    },
    legend(entries) {
      for (const [index, [name, fill]] of entries.entries()) {
        const left = inner.right - (entries.length - index) * 110
        parts.push(element('rect', { x: left, y: 10, width: 12, height: 12, fill }))
        parts.push(element('text', { x: left + 18, y: 20 }, name))
      }
    },
    svg: () => document(options.title, parts),
  }
}

/** Title, axes and their labels. */
function backdrop({ title, x, y, xLabel, yLabel, xTicks }: FrameOptions): string[] {
  const atX = scale(x, margin.left, inner.right)
  const atY = scale(y, inner.bottom, margin.top)
  const vertical = (xTicks ?? roundTicks(x)).flatMap(({ at, label }) => [
    element('line', { x1: atX(at), x2: atX(at), y1: margin.top, y2: inner.bottom, stroke: grid }),
    element('text', { x: atX(at), y: inner.bottom + 16, 'text-anchor': 'middle' }, label),
  ])
  const horizontal = roundTicks(y).flatMap(({ at, label }) => [
    element('line', { x1: margin.left, x2: inner.right, y1: atY(at), y2: atY(at), stroke: grid }),
    element('text', { x: margin.left - 6, y: atY(at), dy: 4, 'text-anchor': 'end' }, label),
  ])
  const [middleX, middleY] = [(margin.left + inner.right) / 2, (margin.top + inner.bottom) / 2]
  const turned = `translate(14 ${String(middleY)}) rotate(-90)`
  return [
    element('rect', { width, height, fill: '#ffffff' }),
    element('text', { x: margin.left, y: 20, 'font-size': 14 }, title),
    ...vertical,
    ...horizontal,
    element('text', { x: middleX, y: height - 8, 'text-anchor': 'middle' }, xLabel),
    element('text', { transform: turned, 'text-anchor': 'middle' }, yLabel),
  ]
}

function document(title: string, parts: readonly string[]): string {
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    width,
    height,
    viewBox: `0 0 ${String(width)} ${String(height)}`,
    'font-family': 'sans-serif',
    'font-size': 11,
    fill: '#374151',
  }
  const start = element('svg', attributes).replace(/\/>$/, '>')
  return [start, element('title', {}, title), ...parts, '</svg>\n'].join('\n')
}

/** Nothing of an attribute or text is taken for markup. */
function element(name: string, attributes: Readonly<Record<string, string | number>>, text?: string): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(String(value))}"`)
  const start = `<${name}${written.join('')}`
  return text === undefined ? `${start}/>` : `${start}>${escaped(text)}</${name}>`
}

function scale({ least, most }: Range, from: number, to: number): (value: number) => number {
  return (value) => Math.round((from + ((value - least) / (most - least)) * (to - from)) * 10) / 10
}

/** At 1, 2 or 5 times a power of ten, five or so. */
function roundTicks({ least, most }: Range): Tick[] {
  const rough = (most - least) / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough
  const first = Math.ceil(least / step)
  const count = Math.floor(most / step) - first + 1
  return Array.from({ length: count }, (_, index) => {
    const at = (first + index) * step
    return { at, label: String(Number(at.toPrecision(6))) }
  })
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
