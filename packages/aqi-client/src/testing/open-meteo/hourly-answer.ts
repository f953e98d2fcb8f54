import { dayFromNumber, dayNumber, isLocalDay } from '../../days/local-day.ts'
import { offsetAt } from '../../days/zone.ts'
import type { ApiDescription } from './apis.ts'
import { SHAPES, type Truth, type TrueVariable } from './truth.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** A 400 with this reason. */
export class Refusal extends Error {}

export interface Question {
  readonly places: readonly { readonly latitude: number; readonly longitude: number }[]
  readonly columns: readonly Column[]
  /** Of the answer as a whole, whatever the clocks do within it. */
  readonly offsetMs: number
  readonly timeZone: string
  /** Local days. */
  readonly first: number
  readonly last: number
  readonly windUnit: string
}

interface Column {
  readonly name: string
  readonly variable: TrueVariable
  readonly previousDay: number
}

/** Throws `Refusal` as the API refuses. */
export function readQuestion(api: ApiDescription, query: URLSearchParams, now: number): Question {
  const timeZone = query.get('timezone') ?? 'GMT'
  const offsetMs = zoneOffset(timeZone, now)
  const today = Math.floor((now + offsetMs) / DAY)
  return {
    places: readPlaces(query),
    columns: list(query, 'hourly').map((name) => readColumn(api, name)),
    offsetMs,
    timeZone,
    ...readDays(api, query, today),
    windUnit: query.get('wind_speed_unit') ?? 'kmh',
  }
}

/** What the request counts against the limits. */
export function weightOf({ places, columns, first, last }: Question): number {
  const [variables, days] = [columns.length / 10, (last - first + 1) / 14]
  return places.length * Math.max(1, variables, variables * days)
}

/** One object for one place, an array for several. */
export function answerTo(question: Question, api: ApiDescription, truth: Truth, now: number): unknown {
  const tables = question.places.map((place, index) => ({
    ...cellOf(place),
    generationtime_ms: 0.25,
    utc_offset_seconds: question.offsetMs / 1000,
    timezone: question.timeZone,
    timezone_abbreviation: question.timeZone,
    elevation: 44,
    ...(index === 0 ? {} : { location_id: index }),
    ...hoursOf(question, api, truth, now),
  }))
  return tables.length === 1 ? tables[0] : tables
}

function hoursOf(
  { first, last, offsetMs, columns, windUnit }: Question,
  api: ApiDescription,
  truth: Truth,
  now: number,
) {
  const labels = Array.from({ length: (last - first + 1) * 24 }, (_, index) => first * DAY + index * HOUR)
  const factor = (variable: TrueVariable) => (variable === 'wind_speed_10m' && windUnit === 'kmh' ? 3.6 : 1)
  const unitOf = (variable: TrueVariable) => (factor(variable) === 1 ? SHAPES[variable].unit : 'km/h')
  const valuesOf = ({ variable, previousDay }: Column) =>
    labels.map((label) => {
      const validAt = label - offsetMs
      const value = truth.value({ variable, validAt, previousDay })
      return value === null || !api.isOut(validAt, previousDay, now) ? null : value * factor(variable)
    })
  return {
    hourly_units: Object.fromEntries([
      ['time', 'iso8601'],
      ...columns.map(({ name, variable }) => [name, unitOf(variable)]),
    ]) as Record<string, string>,
    hourly: Object.fromEntries([
      ['time', labels.map((label) => new Date(label).toISOString().slice(0, 16))],
      ...columns.map((column) => [column.name, valuesOf(column)]),
    ]) as Record<string, unknown>,
  }
}

function cellOf({ latitude, longitude }: { latitude: number; longitude: number }) {
  const centre = (degrees: number) => Math.round(degrees / 0.4) * 0.4
  return { latitude: centre(latitude), longitude: centre(longitude) }
}

function zoneOffset(timeZone: string, now: number): number {
  if (timeZone === 'GMT') return 0
  try {
    return offsetAt(now, timeZone)
  } catch {
    throw new Refusal('Invalid timezone')
  }
}

function readPlaces(query: URLSearchParams): Question['places'] {
  const latitudes = list(query, 'latitude').map(Number)
  const longitudes = list(query, 'longitude').map(Number)
  if (latitudes.length !== longitudes.length || latitudes.length === 0) {
    throw new Refusal("Parameter 'latitude' and 'longitude' must have the same number of elements")
  }
  return latitudes.map((latitude, index) => {
    const longitude = longitudes[index] ?? Number.NaN
    if (!(Math.abs(latitude) <= 90)) {
      throw new Refusal(`Latitude must be in range of -90 to 90°. Given: ${String(latitude)}.`)
    }
    if (!(Math.abs(longitude) <= 180)) {
      throw new Refusal(`Longitude must be in range of -180 to 180°. Given: ${String(longitude)}.`)
    }
    return { latitude, longitude }
  })
}

function readColumn(api: ApiDescription, name: string): Column {
  const match = /^(\w+?)(?:_previous_day(\d))?$/.exec(name)
  const variable = api.variables.find((known) => known === match?.[1])
  const previousDay = Number(match?.[2] ?? 0)
  if (variable === undefined || previousDay > api.previousDays) {
    throw new Refusal(
      `Data corrupted at path ''. Cannot initialize variable from invalid String value ${name}.`,
    )
  }
  return { name, variable, previousDay }
}

function readDays(
  api: ApiDescription,
  query: URLSearchParams,
  today: number,
): { first: number; last: number } {
  const start = query.get('start_date')
  const end = query.get('end_date')
  if (start === null && end === null) {
    const ahead = count(query, 'forecast_days', 'Forecast', api.forecastDays.usual, api.forecastDays.most)
    return { first: today - count(query, 'past_days', 'Past', 0, 92), last: today + ahead - 1 }
  }
  if (query.has('past_days') || query.has('forecast_days')) {
    throw new Refusal("Parameter 'past_days' is mutually exclusive with 'start_date' and 'end_date'")
  }
  if (start === null || end === null || !isLocalDay(start) || !isLocalDay(end)) {
    throw new Refusal("Both 'start_date' and 'end_date' must be set in the url")
  }
  const [first, last] = [dayNumber(start), dayNumber(end)]
  if (last < first) throw new Refusal('End-date must be larger or equals than start-date')
  const allowed = { from: api.firstDay(today), to: api.lastDay(today) }
  for (const [parameter, day] of [
    ['start_date', first],
    ['end_date', last],
  ] as const) {
    if (day >= allowed.from && day <= allowed.to) continue
    const range = `${dayFromNumber(allowed.from)} to ${dayFromNumber(allowed.to)}`
    throw new Refusal(`Parameter '${parameter}' is out of allowed range from ${range}`)
  }
  return { first, last }
}

function count(query: URLSearchParams, name: string, label: string, usual: number, most: number): number {
  const text = query.get(name)
  const value = text === null ? usual : Number(text)
  if (Number.isInteger(value) && value >= 0 && value <= most) return value
  throw new Refusal(`${label} days is invalid. Allowed range 0 to ${String(most)}. Given ${String(text)}.`)
}

function list(query: URLSearchParams, name: string): string[] {
  return (query.get(name) ?? '').split(',').filter((part) => part !== '')
}
