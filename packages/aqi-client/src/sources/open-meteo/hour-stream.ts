import { endOfDay, startOfDay } from '../../days/bounds.ts'
import { dayFromNumber, dayNumber, isLocalDay } from '../../days/local-day.ts'
import { AqiError } from '../../errors.ts'
import type { Warning } from '../../types.ts'
import { ATTRIBUTIONS } from './attributions.ts'
import type { HourlyTable } from './hourly-table.ts'
import { type DaySpan, splitDays } from './limits.ts'
import type { Chunk, DayRange, HourStream, RangeOptions } from './types.ts'

const DAY = 86_400_000

/** One answer, and when it came (epoch ms). */
export interface Pull {
  readonly table: HourlyTable
  readonly pulledAt: number
}

export interface StreamPlan<T> {
  readonly range: DayRange
  readonly options: RangeOptions
  /** Longest span of UTC days of one request. */
  readonly longest: number
  /** UTC days asked for ahead of the first, for what reaches back. */
  readonly leadDays: number
  fetch(span: DaySpan): Promise<Pull>
  /** Made anew for each run through the range: it may carry hours from one table to the next. */
  createReader(): (pull: Pull, isWanted: (at: number) => boolean) => { hours: T[]; warnings: Warning[] }
}

/**
 * The hours of a range of local days, request by request. Requests speak of UTC days: the API's own local time
 * has one offset for a whole answer and cuts the days around a change of the clock wrongly.
 * Throws `AqiError` `bad-span`, at once, for a range that ends before it begins or a `resume` from elsewhere.
 */
export function createHourStream<T>(plan: StreamPlan<T>): HourStream<T> {
  const window = windowOf(plan.range)
  const first = firstDayToRead(window, plan.options.resume)
  const chunks = () => readChunks(plan, window, first)
  return {
    chunks,
    async *[Symbol.asyncIterator]() {
      for await (const chunk of chunks()) yield* chunk.hours
    },
  }
}

async function* readChunks<T>(plan: StreamPlan<T>, window: Window, first: number): AsyncGenerator<Chunk<T>> {
  const read = plan.createReader()
  const start = Math.max(window.from, first * DAY)
  const fetchClipped = createClippedFetch(plan, Math.floor(start / DAY))
  const spans = splitDays({ first: first - plan.leadDays, last: window.last }, plan.longest)
  for (const span of spans) {
    const { pull, warnings } = await fetchClipped(span)
    const end = Math.min(window.to, (span.last + 1) * DAY)
    const isWanted = (at: number) => at >= start && at < end
    const part = pull === null ? { hours: [], warnings: [] } : read(pull, isWanted)
    yield {
      hours: part.hours,
      resume: span.last === window.last ? null : dayFromNumber(span.last + 1),
      cell: pull?.table.cell ?? null,
      warnings: [...warnings, ...part.warnings],
      attributions: ATTRIBUTIONS,
    }
  }
}

interface ClippedPull {
  /** `null`: none of these days. */
  readonly pull: Pull | null
  readonly warnings: readonly Warning[]
}

/**
 * Fetches what the source has of a span. Days ahead of `firstWanted` are dropped without a word, others only
 * where the caller allowed it. What was learnt about the source's days is kept, so that none is asked for twice.
 */
function createClippedFetch<T>(
  plan: StreamPlan<T>,
  firstWanted: number,
): (span: DaySpan) => Promise<ClippedPull> {
  let has: DaySpan = { first: -Infinity, last: Infinity }

  return async function fetchClipped(span) {
    const part = { first: Math.max(span.first, has.first), last: Math.min(span.last, has.last) }
    const warnings = clippingWarnings(span, part, firstWanted)
    if (part.first > part.last) return { pull: null, warnings }
    try {
      return { pull: await plan.fetch(part), warnings }
    } catch (error) {
      const known = allowedSpan(error)
      if (known === null) throw error
      const narrower = { first: Math.max(known.first, has.first), last: Math.min(known.last, has.last) }
      const isNews = narrower.first > part.first || narrower.last < part.last
      const dropsWanted = narrower.first > Math.max(part.first, firstWanted) || narrower.last < part.last
      if (!isNews || (dropsWanted && plan.options.clip !== true)) throw error
      has = narrower
      return fetchClipped(span)
    }
  }
}

function allowedSpan(error: unknown): DaySpan | null {
  if (!AqiError.isInstance(error) || error.allowed === undefined) return null
  return { first: dayNumber(error.allowed.from), last: dayNumber(error.allowed.to) }
}

function clippingWarnings(span: DaySpan, part: DaySpan, firstWanted: number): Warning[] {
  const wanted = { first: Math.max(span.first, firstWanted), last: span.last }
  const kept = Math.max(0, Math.min(part.last, wanted.last) - Math.max(part.first, wanted.first) + 1)
  const missing = wanted.last - wanted.first + 1 - kept
  if (missing <= 0) return []
  return [{ code: 'clipped', message: `the source does not have ${String(missing)} of the days asked for` }]
}

interface Window {
  /** Epoch ms, inclusive. */
  readonly from: number
  /** Epoch ms, exclusive. */
  readonly to: number
  /** UTC days the window lies in. */
  readonly first: number
  readonly last: number
}

function windowOf({ firstDay, lastDay, timeZone }: DayRange): Window {
  const from = startOfDay(firstDay, timeZone)
  const to = endOfDay(lastDay, timeZone)
  if (to <= from) {
    throw new AqiError('bad-span', `${firstDay} to ${lastDay} ends before it begins`, { fault: 'input' })
  }
  return { from, to, first: Math.floor(from / DAY), last: Math.floor((to - 1) / DAY) }
}

function firstDayToRead(window: Window, resume: string | undefined): number {
  if (resume === undefined) return window.first
  const day = isLocalDay(resume) ? dayNumber(resume) : Number.NaN
  if (day >= window.first && day <= window.last) return day
  throw new AqiError('bad-span', `${JSON.stringify(resume)} is no position within this range`, {
    fault: 'input',
    hint: 'Resume with the position of the last chunk kept, and with the same range.',
  })
}
