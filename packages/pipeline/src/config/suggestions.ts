import { distance } from 'fastest-levenshtein'

/** The candidate a word was probably meant to be, or `null`: case and separators don't count. */
export function nearest(word: string, candidates: readonly string[]): string | null {
  const plainWord = plain(word)
  let best: { candidate: string; edits: number } | null = null
  for (const candidate of candidates) {
    const edits = distance(plainWord, plain(candidate))
    if (best === null || edits < best.edits) best = { candidate, edits }
  }
  // Two letters swapped are two edits.
  const tolerated = plainWord.length < 4 ? 1 : Math.max(2, Math.floor(plainWord.length / 3))
  return best !== null && best.edits <= tolerated ? best.candidate : null
}

/** `aqi_token`, `aqi-token` and `aqiToken` are one word. */
export function plain(word: string): string {
  return word.toLowerCase().replaceAll(/[\s_-]/g, '')
}

/** Cities whose zone bears the name of another one. */
const ZONE_OF_CITY: Readonly<Record<string, string>> = {
  beijing: 'Asia/Shanghai',
  guangzhou: 'Asia/Shanghai',
  shenzhen: 'Asia/Shanghai',
  delhi: 'Asia/Kolkata',
  newdelhi: 'Asia/Kolkata',
  mumbai: 'Asia/Kolkata',
}

/** The IANA zone a text was probably meant to be: `Asia/Shangai`, `shanghai`, `Asia/Beijing`. */
export function nearestTimeZone(text: string): string | null {
  const city = plain(text.split('/').at(-1) ?? '')
  const known = ZONE_OF_CITY[city]
  if (known !== undefined) return known
  const zones = [...Intl.supportedValuesOf('timeZone'), 'UTC']
  return nearest(text, zones) ?? zones.find((zone) => plain(zone.split('/').at(-1) ?? '') === city) ?? null
}
