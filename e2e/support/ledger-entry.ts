import { addDays, type LocalDay, startOfDay } from '@airq/aqi-client'
import type { LedgerEntry } from '../../packages/feature-groups/src/index.ts'

const ZONE = 'Asia/Shanghai'

export function entry(
  day: LocalDay,
  lastFinalDay: LocalDay,
  said: Pick<LedgerEntry, 'aqi' | 'lower' | 'upper'>,
): LedgerEntry {
  return {
    station: 'beijing',
    day,
    timeZone: ZONE,
    issueSlot: `${addDays(day, -1)}T24`,
    issuedAt: startOfDay(day, ZONE) + 300_000,
    decision: 'end-of-day',
    horizon: 1,
    lead: 1,
    coverage: 0.9,
    intervalMethod: 'none',
    category: 'moderate',
    probabilities: {
      good: 0,
      moderate: 1,
      'unhealthy-sensitive': 0,
      unhealthy: 0,
      'very-unhealthy': 0,
      hazardous: 0,
    },
    scale: 'us-epa-2015',
    model: { name: 'beijing-end-of-day', version: '1.0.0' },
    informationSet: 'daily',
    informationHash: `${day} ${String(said.aqi)}`,
    lastFinalDay,
    hoursToday: null,
    fallback: false,
    simulated: false,
    ...said,
  }
}
