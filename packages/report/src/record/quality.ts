import { addDays, type DailyReading, dayNumber, type LocalDay } from '@airq/aqi-client'
import { rollup } from 'd3-array'
import type { StationFacts } from '../types.ts'

export interface DayCounts {
  readonly final: number
  readonly partial: number
  readonly modelled: number
  /** Days without a value, those without a row among them. */
  readonly missing: number
}

export interface YearCounts extends DayCounts {
  readonly year: string
}

interface Gap {
  readonly firstDay: LocalDay
  readonly lastDay: LocalDay
  readonly days: number
}

/** What the series of a station is made of; holds no values. */
export interface DataQuality {
  readonly firstDay: LocalDay | null
  readonly lastDay: LocalDay | null
  readonly lastFinalDay: LocalDay | null
  readonly total: DayCounts
  readonly years: readonly YearCounts[]
  /** The longest runs without a final day, longest first. */
  readonly gaps: readonly Gap[]
  /** Final days by how they came. */
  readonly origins: Readonly<Partial<Record<DailyReading['origin'], number>>>
  /** Readings held back, by reason, and how many of them were let in later. */
  readonly quarantine: readonly {
    readonly reason: string
    readonly held: number
    readonly released: number
  }[]
  readonly simulated: boolean
}

const GAPS = 5

export function dataQuality({ days, quarantine }: StationFacts): DataQuality {
  const sorted = days.toSorted((a, b) => dayNumber(a.day) - dayNumber(b.day))
  const finals = sorted.filter(isFinal)
  const [first, last] = [sorted[0], sorted.at(-1)]
  const years = first === undefined || last === undefined ? [] : yearCounts(sorted, first.day, last.day)
  return {
    firstDay: first?.day ?? null,
    lastDay: last?.day ?? null,
    lastFinalDay: finals.at(-1)?.day ?? null,
    total: {
      final: sum(years, 'final'),
      partial: sum(years, 'partial'),
      modelled: sum(years, 'modelled'),
      missing: sum(years, 'missing'),
    },
    years,
    gaps: gapsBetween(finals).slice(0, GAPS),
    origins: Object.fromEntries(
      rollup(
        finals,
        (ofOrigin) => ofOrigin.length,
        ({ origin }) => origin,
      ),
    ),
    quarantine: [
      ...rollup(
        quarantine,
        (held) => ({ held: held.length, released: held.filter(({ released }) => released).length }),
        ({ reason }) => reason,
      ),
    ].map(([reason, counts]) => ({ reason, ...counts })),
    simulated: days.some(({ origin }) => origin === 'simulator'),
  }
}

function isFinal({ status, aqi }: DailyReading): boolean {
  return status === 'final' && aqi !== null
}

function yearCounts(days: readonly DailyReading[], first: LocalDay, last: LocalDay): YearCounts[] {
  const byYear = rollup(
    days,
    (ofYear) => ({
      final: ofYear.filter(isFinal).length,
      partial: ofYear.filter(({ status }) => status === 'partial').length,
      modelled: ofYear.filter(({ status }) => status === 'modelled').length,
    }),
    ({ day }) => day.slice(0, 4),
  )
  const years: YearCounts[] = []
  for (let year = Number(first.slice(0, 4)); year <= Number(last.slice(0, 4)); year += 1) {
    const name = String(year).padStart(4, '0')
    const from = Math.max(dayNumber(first), dayNumber(`${name}-01-01` as LocalDay))
    const to = Math.min(dayNumber(last), dayNumber(`${name}-12-31` as LocalDay))
    const counts = byYear.get(name) ?? { final: 0, partial: 0, modelled: 0 }
    const missing = to - from + 1 - counts.final - counts.partial - counts.modelled
    years.push({ year: name, ...counts, missing })
  }
  return years
}

function gapsBetween(finals: readonly DailyReading[]): Gap[] {
  return finals
    .slice(1)
    .flatMap(({ day }, i) => {
      const before = finals[i]?.day ?? day
      const days = dayNumber(day) - dayNumber(before) - 1
      return days > 0 ? [{ firstDay: addDays(before, 1), lastDay: addDays(day, -1), days }] : []
    })
    .sort((a, b) => b.days - a.days)
}

function sum(years: readonly YearCounts[], key: keyof DayCounts): number {
  return years.reduce((total, year) => total + year[key], 0)
}
