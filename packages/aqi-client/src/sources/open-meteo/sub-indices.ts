import type { Averaging } from '../../aqi/concentration.ts'
import { toSubIndex } from '../../aqi/sub-index.ts'
import { POLLUTANTS, type HourlyReading, type Pollutant, type Scale } from '../../types.ts'
import { createRunningMean } from './running-mean.ts'
import type { ConcentrationHour } from './types.ts'

/**
 * Turns hours, handed in ascending order, into readings. Particles go by the 24 h table on the hour, as hourly
 * indices of stations do; ozone and CO by their running 8 h mean (CO on the hour on Chinese scales, which know
 * no 8 h CO); NO2 and SO2 on the hour. Where the scale leaves high ozone to its 1 h mean, that is taken.
 *
 * Open-Meteo's own `us_aqi` is not used: it neither truncates nor rounds and has other bands above 300.
 */
export function createSubIndexer(scale: Scale): (hour: ConcentrationHour) => HourlyReading {
  const averaging = averagingOn(scale)
  const means = new Map(
    POLLUTANTS.filter((pollutant) => averaging[pollutant] === '8h').map((pollutant) => [
      pollutant,
      createRunningMean(),
    ]),
  )

  return ({ hour, observedAt, concentrations, knownAt }) => {
    const sub: Partial<Record<Pollutant, number>> = {}
    for (const pollutant of POLLUTANTS) {
      const onTheHour = concentrations[pollutant] ?? null
      const toMean = means.get(pollutant)
      const value = toMean === undefined ? onTheHour : toMean(observedAt, onTheHour)
      const index =
        subIndexOf(pollutant, averaging[pollutant], value, scale) ??
        (pollutant === 'o3' && value !== null ? subIndexOf('o3', '1h', onTheHour, scale) : null)
      if (index !== null) sub[pollutant] = index
    }
    return {
      hour,
      observedAt,
      sub,
      aqi: null,
      dominant: null,
      unit: 'sub-index',
      scale,
      evidence: 'model',
      knownAt,
    }
  }
}

function averagingOn(scale: Scale): Readonly<Record<Pollutant, Averaging>> {
  const co = scale === 'cn-hj633-2012' || scale === 'cn-hj633-2026' ? '1h' : '8h'
  return { pm25: '24h', pm10: '24h', o3: '8h', no2: '1h', so2: '1h', co }
}

/** `value` in µg/m³; `null` where there is none or the scale has no index for it. */
function subIndexOf(
  pollutant: Pollutant,
  averaging: Averaging,
  value: number | null,
  scale: Scale,
): number | null {
  if (value === null) return null
  return toSubIndex({ pollutant, averaging, unit: 'ugm3', value }, scale)?.value ?? null
}
