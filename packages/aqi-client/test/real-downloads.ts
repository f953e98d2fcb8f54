import { existsSync, readFileSync } from 'node:fs'

const FOLDER = new URL('../../../../shared/data/aqicn/', import.meta.url)

/** Real downloads lie beside the repository and may not be copied into it; without them their tests are skipped. */
export const hasRealDownloads = existsSync(FOLDER)
export const SKIPPED_WITHOUT = 'needs ../shared/data/aqicn, skipped without'

export function realDownload(name: string): string {
  return readFileSync(new URL(`${name}.csv`, FOLDER), 'utf8')
}

/** Block starts on the first and on the second day of quarters 2 to 4, counted by hand for each file. */
export const REAL_DOWNLOADS = [
  { name: 'bangkok', timeZone: 'Asia/Bangkok', zone: 'east', day1: 36, day2: 0 },
  { name: 'beijing', timeZone: 'Asia/Shanghai', zone: 'west', day1: 0, day2: 36 },
  { name: 'boston', timeZone: 'America/New_York', zone: 'west', day1: 1, day2: 33 },
  { name: 'copenhagen', timeZone: 'Europe/Copenhagen', zone: 'east', day1: 32, day2: 2 },
  { name: 'delhi-punjabi-bagh', timeZone: 'Asia/Kolkata', zone: 'west', day1: 1, day2: 34 },
  { name: 'guangzhou', timeZone: 'Asia/Shanghai', zone: 'west', day1: 0, day2: 20 },
  { name: 'london', timeZone: 'Europe/London', zone: 'west', day1: 1, day2: 33 },
  { name: 'los-angeles', timeZone: 'America/Los_Angeles', zone: 'west', day1: 1, day2: 33 },
  { name: 'seoul', timeZone: 'Asia/Seoul', zone: 'west', day1: 1, day2: 33 },
  { name: 'shanghai', timeZone: 'Asia/Shanghai', zone: 'east', day1: 36, day2: 0 },
  { name: 'tianjin', timeZone: 'Asia/Shanghai', zone: 'west', day1: 0, day2: 20 },
  { name: 'vienna-taborstrasse', timeZone: 'Europe/Vienna', zone: 'east', day1: 36, day2: 2 },
  { name: 'wuhan', timeZone: 'Asia/Shanghai', zone: 'west', day1: 0, day2: 20 },
] as const
