import { dayNumber } from '@airq/aqi-client'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  checkCanaries,
  checkLeaks,
  columnsOf,
  decisionRow,
  DECISIONS,
  type FeatureColumn,
  FeatureGroupsError,
  trainingSet,
  type WeatherOutlook,
} from '../src/index.ts'
import { airOn, dayOf, hoursOf, startOf, weatherOn } from './support/beside.ts'
import { daysOf, ramp } from './support/days.ts'

const HOUR = 3_600_000
const DAYS = 60
const days = daysOf(ramp(DAYS))
const hours = hoursOf(ramp(DAYS * 24))
const modelHours = hours.map((hour) => ({
  ...hour,
  evidence: 'model' as const,
  knownAt: hour.observedAt + 8 * HOUR,
}))
/** Each day's weather as forecast at 19:00 and 23:00 of the day before, and as it was, once it was over. */
const weather: WeatherOutlook[] = Array.from({ length: DAYS + 1 }, (_, n) =>
  ['day', 'night', 'morning', 'afternoon', 'evening'].flatMap((part) => [
    weatherOn(n, part, startOf(n) - 5 * HOUR, 1000 + n),
    weatherOn(n, part, startOf(n) - HOUR, 2000 + n),
    weatherOn(n, part, startOf(n) + 24 * HOUR, 3000 + n),
  ]),
).flat()
const sourceForecasts = Array.from({ length: DAYS + 1 }, (_, n) => [
  airOn(n, 'pm25', startOf(n) - 6 * HOUR, 50 + n),
  airOn(n, 'pm25', startOf(n) + 9 * HOUR, 150 + n),
]).flat()
const beside = { hours, modelHours, weather, sourceForecasts }
const blocks = ['stationHours', 'modelHours', 'sourceForecast', 'weather'] as const
const evening = { decision: 'evening', blocks, beside } as const

function codeOf(run: () => unknown): string {
  try {
    run()
    return 'none'
  } catch (error) {
    return FeatureGroupsError.isInstance(error) ? error.code : String(error)
  }
}
const cellsOf =
  ({ columns, row }: ReturnType<typeof decisionRow>) =>
  (name: string) =>
    row.values[columns.indexOf(name)]

describe('forecasts are taken by the newest issue that was known', () => {
  test('the forecast run of later is not seen, nor what came of it', () => {
    const at = (decision: 'evening' | 'end-of-day') =>
      cellsOf(decisionRow(days, dayOf(40), { ...evening, decision }))('temperature_target')
    expect(at('evening')).toBe(1041)
    expect(at('end-of-day')).toBe(2041)
  })

  test('a day that is over counts as it was, one still running as it was forecast', () => {
    const cell = cellsOf(decisionRow(days, dayOf(40), evening))
    expect(cell('temperature_two_days_before')).toBe(3039)
    expect(cell('temperature_day_before')).toBe(2040)
    expect(cell('temperature_change')).toBe(1041 - 2040)
  })

  test("the source's own forecast of the target, as it stood", () => {
    expect(cellsOf(decisionRow(days, dayOf(40), evening))('log_pm25_forecast')).toBeCloseTo(
      Math.log1p(91),
      12,
    )
    const morning = decisionRow(days, dayOf(40), { ...evening, decision: 'morning' })
    expect(cellsOf(morning)('log_pm25_forecast')).toBeCloseTo(Math.log1p(90), 12)
  })

  test("a model's hours count from eight hours after them, pulled sooner or not", () => {
    const pulled = modelHours.map((hour) => ({ ...hour, knownAt: hour.observedAt }))
    const row = (of: typeof modelHours) =>
      decisionRow(days, dayOf(40), { ...evening, beside: { ...beside, modelHours: of } })
    expect(row(pulled).row.values).toEqual(row(modelHours).row.values)
    const last = [10, 11, 12].map((hour) => Math.log1p(hours[40 * 24 + hour]?.sub.pm25 ?? 0))
    expect(cellsOf(row(modelHours))('log_pm25_model_3')).toBeCloseTo(last.reduce((a, b) => a + b) / 3, 12)
  })
})

describe('what is known only later', () => {
  const columns = columnsOf({ decision: 'evening' }, blocks)
  const planted = (column: FeatureColumn) => ({ ...evening, columns: [...columns, column] })
  const leaksOf = (column: FeatureColumn) =>
    checkLeaks(days, planted(column)).leaks.map(({ column: name, what }) => [name, what])

  test.each(DECISIONS)('no column of %s sees it', (decision) => {
    const report = checkLeaks(days, { ...evening, decision })
    expect(report.leaks).toEqual([])
    expect(report.rows).toBeGreaterThan(50)
  })

  test('an hour after the decision is refused', () => {
    const cheat: FeatureColumn = {
      name: 'tonight',
      from: 'stationHours',
      compute: (view) => view.hours('pm25', view.targetDay - 1, [20, 21]),
    }
    expect(codeOf(() => trainingSet(days, planted(cheat)))).toBe('leakage')
    expect(leaksOf(cheat)).toEqual([['tonight', expect.stringContaining('hour 20')]])
  })

  test('a forecast run that was not out yet is refused', () => {
    const cheat: FeatureColumn = {
      name: 'late_run',
      from: 'elsewhere',
      compute(view) {
        const run = weather.findLast(({ day }) => day === dayOf(view.targetDay - dayNumber(dayOf(0))))
        return view.admit(run?.temperature ?? Number.NaN, run?.known_at ?? 0)
      },
    }
    expect(codeOf(() => decisionRow(days, dayOf(40), planted(cheat)))).toBe('leakage')
    expect(leaksOf(cheat)).toEqual([['late_run', expect.stringContaining('known only from')]])
  })

  test('a column that reads what it does not declare is refused', () => {
    const cheat: FeatureColumn = {
      name: 'undeclared',
      from: 'calendar',
      compute: (view) => view.value('aqi', 0),
    }
    expect(() => trainingSet(days, planted(cheat))).toThrow(/reads days and declares calendar/)
  })

  test.each([
    ['a shifted join', 0, (x: number) => x],
    ['a shifted join in other clothes', 0, (x: number) => 3 - 2 * Math.log1p(x)],
    ['a join shifted by two', 1, (x: number) => x],
  ])('%s is found, though it reads past the view', (_, offset, disguise) => {
    const ozone = new Map(days.map(({ day, sub }) => [dayNumber(day), sub.o3 ?? Number.NaN]))
    const cheat: FeatureColumn = {
      name: 'joined',
      from: 'elsewhere',
      compute: (view) => disguise(ozone.get(view.targetDay + offset) ?? Number.NaN),
    }
    expect(leaksOf(cheat)).toEqual([['joined', expect.stringContaining('row by row')]])
  })
})

describe('a leak is told with its day and by how long', () => {
  const leakOf = (column: FeatureColumn) =>
    checkLeaks(days, { ...evening, columns: [column] }).leaks.map(({ targetDay, lateMs }) => [
      targetDay,
      lateMs,
    ])
  const cheat = (from: FeatureColumn['from'], compute: FeatureColumn['compute']): FeatureColumn => ({
    name: 'cheat',
    from,
    compute,
  })

  test('of a day that was still running, an hour, and a value admitted: the first row', () => {
    const first = dayOf((trainingSet(days, evening).targetDays[0] ?? 0) - dayNumber(dayOf(0)))
    expect(leakOf(cheat('days', (view) => view.value('aqi', -1)))).toEqual([[first, 4 * HOUR]])
    const tonight = cheat('stationHours', (view) => view.hours('pm25', view.targetDay - 1, [20, 22]))
    expect(leakOf(tonight)).toEqual([[first, 2 * HOUR]])
    expect(leakOf(cheat('elsewhere', (view) => view.admit(1, view.decision.at + 5)))).toEqual([[first, 5]])
  })

  test('in one row alone, of all of them', () => {
    const one = cheat('days', (view) => view.value('aqi', view.targetDay === dayNumber(dayOf(37)) ? -1 : 0))
    expect(leakOf(one)).toEqual([[dayOf(37), 4 * HOUR]])
  })

  test('of a join past the view: the newest row', () => {
    const aqi = new Map(days.map((day) => [dayNumber(day.day), day.aqi ?? Number.NaN]))
    const joined = cheat('elsewhere', (view) => aqi.get(view.targetDay) ?? Number.NaN)
    expect(leakOf(joined)).toEqual([[dayOf(DAYS - 1), 28 * HOUR]])
  })

  test('a column that does not come out the same again is none to rely on', () => {
    let calls = 0
    expect(leakOf(cheat('calendar', () => (calls += 1)))).toEqual([[expect.any(String), null]])
  })
})

describe('planted columns that cheat', () => {
  test.each(DECISIONS)('are all found in rows of %s', (decision) => {
    expect(checkCanaries(days, { ...evening, decision })).toEqual({ planted: 5, missed: [] })
  })

  test('the one that only rows together give away is left out where it could not be told', () => {
    expect(checkCanaries(days.slice(0, 20), { decision: 'evening' })).toEqual({ planted: 4, missed: [] })
    const still = daysOf(Array.from({ length: DAYS }, (_, i) => 50 + i))
    expect(checkCanaries(still, { decision: 'evening' })).toEqual({ planted: 4, missed: [] })
    expect(checkCanaries([], { decision: 'evening' })).toEqual({ planted: 0, missed: [] })
  })
})

describe('joins on known_at', () => {
  const late = fc.array(fc.constantFrom(0, 0, 0, 1, 3, 30), { minLength: 20 * 24, maxLength: 20 * 24 })
  const values = fc.array(fc.option(fc.integer({ min: 1, max: 400 }), { freq: 6 }), {
    minLength: 20 * 24,
    maxLength: 20 * 24,
  })

  test('windows equal a naive reading of the hours known at the decision', () => {
    fc.assert(
      fc.property(values, late, fc.integer({ min: 5, max: 18 }), (pm25, hoursLate, day) => {
        const readings = hoursOf(pm25, hoursLate)
        const row = decisionRow(days, dayOf(day), { ...evening, beside: { ...beside, hours: readings } })
        const known = readings.filter(
          ({ knownAt, hour }) => knownAt <= row.decidedAt && hour.slice(0, 10) === dayOf(day),
        )
        const logs = known.flatMap(({ hour, sub }) =>
          Number(hour.slice(11)) >= 8 && sub.pm25 !== undefined ? [Math.log1p(sub.pm25)] : [],
        )
        const mean = (xs: readonly number[]) => xs.reduce((sum, x) => sum + x, 0) / xs.length
        const all = known.map(({ sub }) => Math.log1p(sub.pm25 ?? Number.NaN))
        const cell = cellsOf(row)
        expect(row.hoursToday).toBe(known.length)
        if (all.length === 0) expect(cell('log_pm25_today_8_20')).toBeNaN()
        else expect(cell('log_pm25_today_8_20')).toBeCloseTo(mean(logs.length > 0 ? logs : all), 10)
      }),
      { numRuns: 60 },
    )
  })

  test('the forecast used is the newest known, whatever the order of the rows', () => {
    const issues = fc.array(fc.tuple(fc.integer({ min: -72, max: 72 }), fc.integer({ min: -30, max: 40 })), {
      minLength: 1,
      maxLength: 12,
    })
    fc.assert(
      fc.property(issues, (pulls) => {
        const rows = pulls.map(([hoursFrom, temperature]) =>
          weatherOn(41, 'day', startOf(40) + hoursFrom * HOUR, temperature),
        )
        const row = decisionRow(days, dayOf(40), { ...evening, beside: { ...beside, weather: rows } })
        const known = rows.filter((one) => one.known_at <= row.decidedAt)
        const newest = Math.max(...known.map((one) => one.known_at))
        const expected = known.filter((one) => one.known_at === newest).map((one) => one.temperature)
        const cell = cellsOf(row)('temperature_target') ?? Number.NaN
        if (known.length === 0) expect(cell).toBeNaN()
        else expect(expected).toContain(cell)
      }),
      { numRuns: 100 },
    )
  })

  test('a replay as of last year, over a history filled in since, sees what is known by known_at and nothing else', () => {
    const { decidedAt } = decisionRow(days, dayOf(30), evening)
    const asItStood = {
      hours: hours.filter(({ knownAt }) => knownAt <= decidedAt),
      modelHours: modelHours.filter(({ knownAt }) => knownAt <= decidedAt),
      weather: weather.filter((row) => row.known_at <= decidedAt),
      sourceForecasts: sourceForecasts.filter((row) => row.known_at <= decidedAt),
    }
    const then = decisionRow(days.slice(0, 30), dayOf(30), { ...evening, beside: asItStood })
    const replayed = decisionRow(days, dayOf(30), evening)
    expect(replayed).toEqual(then)
  })
})
