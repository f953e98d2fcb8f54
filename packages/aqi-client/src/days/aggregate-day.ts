import { AqiError, type AqiErrorCode } from '../errors.ts'
import {
  POLLUTANTS,
  type DailyReading,
  type DayOrigin,
  type HourlyReading,
  type LocalDay,
  type LocalHour,
  type Pollutant,
  type Scale,
} from '../types.ts'
import { COMPLETENESS, isComplete, type CompletenessRule } from './completeness.ts'
import { finalisationInstant } from './finalisation.ts'
import { dayOfHour } from './local-hour.ts'

export interface AggregateOptions {
  readonly day: LocalDay
  /** IANA name of the station's zone. */
  readonly timeZone: string
  /** Default `COMPLETENESS`. */
  readonly rule?: CompletenessRule | undefined
  /** Default `pulls`. */
  readonly origin?: DayOrigin | undefined
  /** Of a day without readings; default `us-epa-2015`. */
  readonly scale?: Scale | undefined
}

/** A day made of hours. */
export interface AggregatedDay extends DailyReading {
  readonly hours: number
  /** Distinct hours of each pollutant seen; one that is absent from `sub` had too few. */
  readonly hoursOf: Readonly<Partial<Record<Pollutant, number>>>
}

/**
 * The daily sub-indices of one day: for each pollutant the mean of its hourly sub-indices, rounded half up. The
 * daily AQI is the largest of them. This is how the day of an aqicn download is made, so a model trained on
 * downloads may be served with days made here.
 *
 * Of `readings`, in any order, those count whose label is of that day and which hold a value. An hour counts once:
 * the one pulled last (the later in the list, where pulled at the same time). `final`: at least one pollutant is
 * complete, and those that are not are left out; `partial`: none is, and `sub` holds the means of what is there;
 * `missing`: no hour. It is known at its finalisation, or at the last pull used where that is later.
 *
 * Throws `AqiError` `unlike-scales` or `unlike-readings` (fault `input`) where readings of the day differ in scale,
 * unit or evidence, `bad-value` for a sub-index that is negative or no number, `bad-time-zone`.
 */
export function aggregateDay(readings: readonly HourlyReading[], options: AggregateOptions): AggregatedDay {
  const { day, timeZone, rule = COMPLETENESS } = options
  const ofDay = readings.filter(({ hour, sub }) => dayOfHour(hour) === day && Object.keys(sub).length > 0)
  refuseUnlike(ofDay, day)
  const used = lastPulledByHour(ofDay)
  const columns = [...columnsOf(used)]
  const complete = columns.filter(({ hours }) => isComplete(hours, rule))
  const isFinal = complete.length > 0
  const sub = Object.fromEntries(
    (isFinal ? complete : columns).map(({ pollutant, mean }) => [pollutant, mean]),
  )
  return {
    day,
    timeZone,
    sub,
    aqi: used.length === 0 ? null : Math.max(...Object.values(sub)),
    hours: used.length,
    hoursOf: Object.fromEntries(columns.map(({ pollutant, hours }) => [pollutant, hours.length])),
    status: isFinal ? 'final' : used.length > 0 ? 'partial' : 'missing',
    origin: options.origin ?? 'pulls',
    unit: 'sub-index',
    scale: used[0]?.scale ?? options.scale ?? 'us-epa-2015',
    knownAt: Math.max(finalisationInstant(day, timeZone), ...used.map(({ knownAt }) => knownAt)),
  }
}

function refuseUnlike(readings: readonly HourlyReading[], day: LocalDay): void {
  const refuse = (code: AqiErrorCode, what: string, values: Iterable<string>) => {
    const different = [...new Set(values)]
    if (different.length < 2) return
    throw new AqiError(code, `the hours of ${day} differ in ${what}: ${different.join(', ')}`, {
      fault: 'input',
      hint: 'Make each day of readings of one source and one scale.',
    })
  }
  refuse(
    'unlike-scales',
    'scale',
    readings.map(({ scale }) => scale),
  )
  refuse(
    'unlike-readings',
    'unit',
    readings.map(({ unit }) => unit),
  )
  refuse(
    'unlike-readings',
    'evidence',
    readings.map(({ evidence }) => evidence),
  )
}

function lastPulledByHour(readings: readonly HourlyReading[]): HourlyReading[] {
  const byHour = new Map<LocalHour, HourlyReading>()
  for (const reading of readings) {
    const known = byHour.get(reading.hour)
    if (known === undefined || reading.knownAt >= known.knownAt) byHour.set(reading.hour, reading)
  }
  return [...byHour.values()]
}

interface PollutantColumn {
  readonly pollutant: Pollutant
  /** Of the clock, 0 to 23. */
  readonly hours: readonly number[]
  readonly mean: number
}

function* columnsOf(readings: readonly HourlyReading[]): Generator<PollutantColumn> {
  for (const pollutant of POLLUTANTS) {
    const hours: number[] = []
    let sum = 0
    for (const { hour, sub } of readings) {
      const value = sub[pollutant]
      if (value === undefined) continue
      if (!Number.isFinite(value) || value < 0) {
        throw new AqiError('bad-value', `${pollutant} of ${hour} is ${String(value)}, no sub-index`, {
          fault: 'input',
        })
      }
      hours.push(Number(hour.slice(11)))
      sum += value
    }
    if (hours.length > 0) yield { pollutant, hours, mean: roundHalfUp(sum / hours.length) }
  }
}

/** The tolerance is for means of decimals that are a half but for the last bits. */
function roundHalfUp(value: number): number {
  return Math.floor(value + 0.5 + 1e-9)
}
