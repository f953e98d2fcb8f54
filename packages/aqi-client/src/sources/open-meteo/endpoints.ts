import { AqiError } from '../../errors.ts'
import type { Api } from './variables.ts'

/** Where each API is asked, path included. */
export interface Endpoints {
  readonly airQualityUrl: string
  readonly forecastUrl: string
  readonly archiveUrl: string
  readonly previousRunsUrl: string
}

export const PUBLIC_ENDPOINTS: Endpoints = {
  airQualityUrl: 'https://air-quality-api.open-meteo.com/v1/air-quality',
  forecastUrl: 'https://api.open-meteo.com/v1/forecast',
  archiveUrl: 'https://archive-api.open-meteo.com/v1/archive',
  previousRunsUrl: 'https://previous-runs-api.open-meteo.com/v1/forecast',
}

/**
 * The four endpoints behind one address, such as a proxy's or a fake's: each below the first label of its public
 * host, e.g. `/air-quality-api/v1/air-quality`. Throws `AqiError` `bad-value` unless it is an http(s) address.
 */
export function endpointsBehind(baseUrl: string): Endpoints {
  const base = checkedUrl(baseUrl).replace(/\/+$/, '')
  return {
    airQualityUrl: `${base}/air-quality-api/v1/air-quality`,
    forecastUrl: `${base}/api/v1/forecast`,
    archiveUrl: `${base}/archive-api/v1/archive`,
    previousRunsUrl: `${base}/previous-runs-api/v1/forecast`,
  }
}

/** The URL of each API: the given ones, else the public ones. */
export function urlsByApi(given: Partial<Endpoints>): Readonly<Record<Api, string>> {
  return {
    'air-quality': checkedUrl(given.airQualityUrl ?? PUBLIC_ENDPOINTS.airQualityUrl),
    forecast: checkedUrl(given.forecastUrl ?? PUBLIC_ENDPOINTS.forecastUrl),
    archive: checkedUrl(given.archiveUrl ?? PUBLIC_ENDPOINTS.archiveUrl),
    'previous-runs': checkedUrl(given.previousRunsUrl ?? PUBLIC_ENDPOINTS.previousRunsUrl),
  }
}

function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url !== null && /^https?:$/.test(url.protocol)) return text
  throw new AqiError('bad-value', `${JSON.stringify(text)} is not an http address`, {
    fault: 'input',
    hint: 'Write the whole address, such as https://api.open-meteo.com/v1/forecast.',
  })
}
