import { instantOfClock, localDay } from '@airq/aqi-client'
import type { Config } from '../../packages/pipeline/src/config/index.ts'

/** How old the newest readings of a run are. */

/** Until when a reading counts as fresh, ms: as for inference-pipeline. */
export function freshMs({ forecast: { maxReadingAgeHours: hours } }: Config): number {
  return hours === 0 ? Number.POSITIVE_INFINITY : hours * 3_600_000
}

interface Station {
  readonly station: string
  readonly simulated?: boolean
  readonly reading: { readonly hour: string } | null
}

export interface Age {
  readonly station: string
  /** Of the newest reading, ms; `undefined`: none came. */
  readonly ageMs: number | undefined
}

/** Of every station that a feature pipeline tells of, be it the summary itself or that of a job in it. */
export function readingAges(
  summary: Readonly<Record<string, unknown>>,
  zones: ReadonlyMap<string, string>,
  now: number,
): Age[] {
  const jobs = Array.isArray(summary['jobs']) ? (summary['jobs'] as { summary?: object }[]) : []
  return [summary, ...jobs.map((job) => job.summary ?? {})].flatMap((each) =>
    stationsOf(each).map(({ station, reading }) => {
      const zone = zones.get(station)
      if (reading === null || zone === undefined) return { station, ageMs: undefined }
      const [day = '', hour = ''] = reading.hour.split('T')
      return { station, ageMs: now - instantOfClock(localDay(day), Number(hour), zone) }
    }),
  )
}

function stationsOf(summary: object): Station[] {
  const { pipeline, stations } = summary as { pipeline?: string; stations?: Station[] }
  return pipeline === 'feature' && Array.isArray(stations) ? stations : []
}
