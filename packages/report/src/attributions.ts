import type { Attribution } from '@airq/aqi-client'
import { z } from 'zod'
import { httpUrl } from './html/link.ts'
import type { StationFacts } from './types.ts'

const Stored = z.array(
  z.object({
    name: z.string().trim().min(1).max(200),
    url: z.string().max(2000).nullish(),
  }),
)

/** To be named beside everything made of its data. Source: the terms on aqicn.org/api/tos. */
const WAQI: Credit = { name: 'World Air Quality Index Project', url: 'https://waqi.info/' }
const MOST = 20

export type Credit = Pick<Attribution, 'name' | 'url'>

/** Who must be named: those stored, and the World Air Quality Index Project where days come from there. */
export function creditsOf({ attributions, days }: StationFacts): Credit[] {
  const stored = parse(attributions).map(({ name, url }) => ({
    name,
    url: url == null ? null : httpUrl(url),
  }))
  const fromWaqi = days.some(({ origin }) => origin === 'csv' || origin === 'pulls')
  const isNamed = stored.some(
    ({ name, url }) => /waqi\.info|aqicn\.org/.test(url ?? '') || name === WAQI.name,
  )
  return (fromWaqi && !isNamed ? [...stored, WAQI] : stored).slice(0, MOST)
}

function parse(text: string | null): z.infer<typeof Stored> {
  if (text === null) return []
  try {
    return Stored.safeParse(JSON.parse(text)).data ?? []
  } catch {
    return []
  }
}
