import { addDays, CATEGORIES, type DailyReading, type LocalDay, type Scale } from '@airq/aqi-client'
import type { LedgerEntry } from '@airq/feature-groups'
import { paint, type Terminal } from '@airq/pipeline'

/** The daily AQI of the last weeks, one a day, `null` where none was final and known. */
export interface RecentDays {
  readonly firstDay: LocalDay
  readonly values: readonly (number | null)[]
}

const DAYS = 28

/** Final days alone, by what was known at the decision. @param decidedAt epoch ms */
export function recentDays(days: readonly DailyReading[], lastDay: LocalDay, decidedAt: number): RecentDays {
  const firstDay = addDays(lastDay, 1 - DAYS)
  const known = new Map(
    days
      .filter(({ status, knownAt }) => status === 'final' && knownAt <= decidedAt)
      .map(({ day, aqi }) => [day, aqi]),
  )
  const values = Array.from({ length: DAYS }, (_, i) => known.get(addDays(firstDay, i)) ?? null)
  return { firstDay, values }
}

const BLOCKS = { unicode: '▁▂▃▄▅▆▇█', ascii: '12345678' }

/** Two lines: a block a day, a blank where there is none; and what the lowest and the highest block mean. */
export function recentLines({ firstDay, values }: RecentDays, { unicode }: Terminal): string[] {
  const known = values.flatMap((value, i) => (value === null ? [] : [{ value, day: addDays(firstDay, i) }]))
  const [first] = known
  if (first === undefined) return []
  const lowest = known.reduce((least, one) => (one.value < least.value ? one : least), first)
  const highest = known.reduce((most, one) => (one.value > most.value ? one : most), first)
  const blocks = unicode ? BLOCKS.unicode : BLOCKS.ascii
  const span = highest.value - lowest.value
  const blockOf = (value: number): string =>
    blocks[Math.min(blocks.length - 1, Math.floor(((value - lowest.value) / (span || 1)) * blocks.length))] ??
    ''
  const line = values.map((value) => (value === null ? ' ' : blockOf(value))).join('')
  const end = ({ value, day }: typeof first) => `${blockOf(value)} ${String(value)} on ${day}`
  const scale = span === 0 ? end(lowest) : `${end(lowest)} to ${end(highest)}, in 8 equal steps`
  const gaps = values.length - known.length
  const lastDay = addDays(firstDay, values.length - 1)
  return [
    `4 weeks to ${lastDay}: |${line}|`,
    `${scale}${gaps === 0 ? '' : `; blank: ${String(gaps)} of ${String(values.length)} days`}`,
  ]
}

/** Columns a class of the scale takes. */
const CLASS_COLUMNS = 9
const TOP = 500

const SIGNS = {
  unicode: { lower: '├', upper: '┤', line: '─', point: '●', bound: '·', beyond: '▶' },
  ascii: { lower: '[', upper: ']', line: '-', point: 'O', bound: '.', beyond: '>' },
}

/** Two lines: where the classes begin, each equally wide, and the interval from lower to upper with the forecast in it. */
export function intervalLines(
  { aqi, lower, upper, scale, fallback }: Pick<LedgerEntry, 'aqi' | 'lower' | 'upper' | 'scale' | 'fallback'>,
  { colour, unicode }: Terminal,
): string[] {
  const signs = unicode ? SIGNS.unicode : SIGNS.ascii
  const bounds = boundsOf(scale)
  const columns = (bounds.length - 1) * CLASS_COLUMNS + 1
  const [from, to] = [columnOf(lower, bounds), columnOf(upper, bounds)]
  const at = columnOf(aqi, bounds)
  const bar = Array.from({ length: columns }, (_, column) => {
    if (column === at) return signs.point
    if (column === to) return upper > TOP ? signs.beyond : signs.upper
    if (column === from) return signs.lower
    if (column > from && column < to) return signs.line
    return column % CLASS_COLUMNS === 0 ? signs.bound : ' '
  })
  const inside = CLASS_STYLES.map((style, index) => {
    const part = bar.filter((_, column) => column >= from && column <= to && classOf(column) === index)
    return part.length === 0 ? '' : paint(style, part.join(''), colour)
  })
  const line = [...bar.slice(0, from), ...inside, ...bar.slice(to + 1)].join('').trimEnd()
  const labels = bounds.map((bound) => String(bound).padEnd(CLASS_COLUMNS)).join('')
  return [labels.trimEnd(), fallback ? `${line} FALLBACK` : line]
}

/** Of the six classes, in their order; 16 colours have no orange. */
export const CLASS_STYLES = ['green', 'yellow', 'redBright', 'red', 'magenta', 'inverse'] as const

/** The last value of each class, from 0. */
function boundsOf(scale: Scale): number[] {
  return [...CATEGORIES[scale].map(({ lower }) => Math.max(0, lower - 1)), TOP]
}

function columnOf(value: number, bounds: readonly number[]): number {
  const clipped = Math.min(TOP, Math.max(0, value))
  const index = Math.min(
    bounds.length - 2,
    Math.max(
      0,
      bounds.findLastIndex((bound) => bound < clipped),
    ),
  )
  const [from = 0, to = TOP] = bounds.slice(index, index + 2)
  return Math.round((index + (clipped - from) / (to - from)) * CLASS_COLUMNS)
}

function classOf(column: number): number {
  return Math.min(CLASS_STYLES.length - 1, Math.max(0, Math.ceil(column / CLASS_COLUMNS) - 1))
}
