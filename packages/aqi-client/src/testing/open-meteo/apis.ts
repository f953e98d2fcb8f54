import { dayNumber, localDay } from '../../days/local-day.ts'
import { AIR_QUALITY_VARIABLES, WEATHER_VARIABLES, type TrueVariable } from './truth.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const PUBLICATION_DELAY = 8 * HOUR
const ARCHIVE_DELAY = 5 * DAY

export type ApiName = 'air-quality' | 'forecast' | 'archive' | 'previous-runs'

/** What one of the APIs knows and how far it reaches. Days since 1970-01-01. */
export interface ApiDescription {
  readonly name: ApiName
  readonly path: string
  readonly variables: readonly TrueVariable[]
  readonly previousDays: number
  readonly firstDay: (today: number) => number
  readonly lastDay: (today: number) => number
  readonly forecastDays: { readonly usual: number; readonly most: number }
  /** Whether the value for `validAt` of the run `previousDay` times 24 h earlier is out at `now` (epoch ms). */
  readonly isOut: (validAt: number, previousDay: number, now: number) => boolean
}

const since = (day: string) => {
  const first = dayNumber(localDay(day))
  return () => first
}

/** Behind one address, each API stands below the first label of its public host. */
export const APIS: readonly ApiDescription[] = [
  {
    name: 'air-quality',
    path: '/air-quality-api/v1/air-quality',
    variables: AIR_QUALITY_VARIABLES,
    previousDays: 0,
    firstDay: since('2022-08-01'),
    lastDay: (today) => today + 6,
    forecastDays: { usual: 5, most: 7 },
    isOut: () => true,
  },
  {
    name: 'forecast',
    path: '/api/v1/forecast',
    variables: WEATHER_VARIABLES,
    previousDays: 0,
    firstDay: (today) => today - 92,
    lastDay: (today) => today + 15,
    forecastDays: { usual: 7, most: 16 },
    isOut: () => true,
  },
  {
    name: 'archive',
    path: '/archive-api/v1/archive',
    variables: WEATHER_VARIABLES,
    previousDays: 0,
    firstDay: since('1940-01-01'),
    lastDay: (today) => today,
    forecastDays: { usual: 1, most: 1 },
    isOut: (validAt, _previousDay, now) => validAt + ARCHIVE_DELAY <= now,
  },
  {
    name: 'previous-runs',
    path: '/previous-runs-api/v1/forecast',
    variables: WEATHER_VARIABLES,
    previousDays: 7,
    firstDay: since('2024-01-01'),
    lastDay: (today) => today + 15,
    forecastDays: { usual: 7, most: 16 },
    isOut: (validAt, previousDay, now) =>
      previousDay === 0 || validAt - previousDay * DAY + PUBLICATION_DELAY <= now,
  },
]
