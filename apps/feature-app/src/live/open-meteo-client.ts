import { createOpenMeteoClient, endpointsBehind, type OpenMeteoClient } from '@airq/aqi-client/open-meteo'
import type { RunContext } from '@airq/pipeline'
import { sourceClock } from './source-clock.ts'

/** A client of Open-Meteo, or of what stands in for it. */
export function openMeteoClient(context: RunContext, configured: string | undefined): OpenMeteoClient {
  const base = context.baseUrl('OPEN_METEO_BASE_URL', configured)
  if (base !== undefined) context.logger.info('asking open-meteo elsewhere', { host: new URL(base).host })
  return createOpenMeteoClient({
    clock: sourceClock(context),
    ...(base === undefined ? {} : endpointsBehind(base)),
  })
}
