import * as z from 'zod'

import { dayNumber, isLocalDay } from '../../days/local-day.ts'
import { AqiError } from '../../errors.ts'
import type { GridCell } from './types.ts'
import type { Units } from './variables.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
// Further from UTC no clock was ever set.
const LARGEST_OFFSET_SECONDS = 16 * 3600

/** What a grid cell was answered for: hour by hour without a gap, one column a variable. */
export interface HourlyTable {
  readonly cell: GridCell
  /** Epoch ms, each an hour after the one before. */
  readonly instants: readonly number[]
  /** As long as `instants`. A variable that did not come has no column. */
  readonly columns: ReadonlyMap<string, readonly (number | null)[]>
}

const tableSchema = z.object({
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
  elevation: z.number().nullish(),
  utc_offset_seconds: z.number().int().min(-LARGEST_OFFSET_SECONDS).max(LARGEST_OFFSET_SECONDS),
  hourly_units: z.record(z.string(), z.string()),
  hourly: z.record(z.string(), z.unknown()),
})
const timesSchema = z.array(z.string())
const columnSchema = z.array(z.number().nullable())

/**
 * The answer to an hourly request, one table a place: an array for several places, a bare object for one.
 * `units` names the variables to read and the unit each must have. Local times become instants with the answer's
 * own `utc_offset_seconds`, which is one for all of them, also across a change to or from summer time.
 * Throws `AqiError` `malformed`.
 */
export function parseHourlyTables(answer: unknown, units: Units): HourlyTable[] {
  const places: readonly unknown[] = Array.isArray(answer) ? answer : [answer]
  return places.map((place) => parseTable(place, units))
}

function parseTable(place: unknown, units: Units): HourlyTable {
  const parsed = tableSchema.safeParse(place)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw malformed(
      issue === undefined ? 'not an hourly answer' : `${issue.path.join('.')}: ${issue.message}`,
    )
  }
  const { latitude, longitude, elevation, utc_offset_seconds, hourly, hourly_units } = parsed.data
  const instants = parseTimes(hourly['time'], utc_offset_seconds)
  const columns = new Map<string, readonly (number | null)[]>()
  for (const [variable, unit] of Object.entries(units)) {
    if (!Object.hasOwn(hourly, variable)) continue
    const column = parseColumn(variable, hourly[variable], instants.length)
    checkUnit(
      variable,
      unit,
      Object.hasOwn(hourly_units, variable) ? hourly_units[variable] : undefined,
      column,
    )
    columns.set(variable, column)
  }
  return { cell: { latitude, longitude, elevation: elevation ?? null }, instants, columns }
}

function parseTimes(times: unknown, offsetSeconds: number): number[] {
  const parsed = timesSchema.safeParse(times)
  if (!parsed.success) throw malformed('hourly.time is not a list of times')
  const instants = parsed.data.map((text) => localTime(text) - offsetSeconds * 1000)
  const uneven = instants.findIndex((at, index) => index > 0 && at - (instants[index - 1] ?? 0) !== HOUR)
  if (uneven !== -1)
    throw malformed(`hourly.time does not go on by the hour at ${String(parsed.data[uneven])}`)
  return instants
}

/** `2026-01-05T23:00` as if it were UTC, in ms. */
function localTime(text: string): number {
  const match = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):([0-5]\d)$/.exec(text)
  const day = match?.[1]
  if (day === undefined || !isLocalDay(day)) throw malformed(`hourly.time holds ${JSON.stringify(cut(text))}`)
  return dayNumber(day) * DAY + Number(match?.[2]) * HOUR + Number(match?.[3]) * MINUTE
}

function parseColumn(variable: string, values: unknown, length: number): readonly (number | null)[] {
  const parsed = columnSchema.safeParse(values)
  if (!parsed.success) throw malformed(`hourly.${variable} is not a list of numbers`)
  if (parsed.data.length !== length) {
    throw malformed(`hourly.${variable} has ${String(parsed.data.length)} values for ${String(length)} hours`)
  }
  return parsed.data
}

function checkUnit(
  variable: string,
  expected: string,
  unit: string | undefined,
  column: readonly (number | null)[],
): void {
  // Greek mu and the micro sign look the same.
  if (unit?.replace('\u00b5', '\u03bc') === expected) return
  // A variable that the model does not have comes as nulls of unit "undefined".
  if (column.every((value) => value === null)) return
  throw malformed(
    `${variable} comes in ${unit === undefined ? 'no unit' : JSON.stringify(cut(unit))}, not ${expected}`,
  )
}

function cut(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}

/** Retryable: a proxy or an overloaded server breaks an answer that comes whole the next time. */
export function malformed(message: string): AqiError {
  return new AqiError('malformed', `Open-Meteo's answer cannot be read: ${message}`, {
    retryable: true,
    hint: 'Run it again; if it stays, something else than the API answers at this address.',
  })
}
