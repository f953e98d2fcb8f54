import type { AqiAlertRow } from '@airq/feature-groups'
import { expect, test } from 'vitest'
import {
  type CheckResult,
  isOpen,
  pendingNotices,
  settle,
  settleGone,
  toldRows,
  webhookMessage,
} from '../src/index.ts'

const HOUR = 3_600_000
function result(change: Partial<CheckResult> = {}): CheckResult {
  return {
    cause: 'stale-data',
    station: 'beijing',
    status: 'alert',
    severity: 'critical',
    message: 'no reading',
    hint: 'look',
    figures: {},
    clears: false,
    ...change,
  }
}
const OK = result({ status: 'ok', message: 'new enough', hint: '', clears: true })
const at = (hours: number, tells = true) => ({ now: hours * HOUR, tells })
const merged = (rows: readonly AqiAlertRow[], changed: readonly AqiAlertRow[]) => [
  ...rows.filter((row) => !changed.some(({ number }) => number === row.number)),
  ...changed,
]

test('a finding opens one alert and renews it; only what clears closes it; the next has the next number', () => {
  let rows = settle([], [result()], at(1))
  expect(rows).toMatchObject([{ number: 0, opened_ms: HOUR, last_seen_ms: HOUR, closed_ms: null }])
  rows = merged(rows, settle(rows, [result({ message: 'still none' })], at(2)))
  expect(rows).toMatchObject([{ number: 0, opened_ms: HOUR, last_seen_ms: 2 * HOUR, message: 'still none' }])
  for (const status of ['not-enough', 'ok'] as const) {
    expect(settle(rows, [result({ status, clears: false })], at(3))).toEqual([])
  }
  rows = merged(rows, settle(rows, [OK], at(4)))
  expect(rows).toMatchObject([{ closed_ms: 4 * HOUR, message: 'new enough', hint: '' }])
  expect(settle(rows, [OK], at(5))).toEqual([])
  expect(settle(rows, [result()], at(6))).toMatchObject([{ number: 1, opened_ms: 6 * HOUR }])
})

test('of several stations and causes each has its own; what concerns all has the station *', () => {
  const rows = settle([], [result(), result({ station: null, cause: 'missed-run' })], at(1))
  expect(rows.map(({ station, cause }) => `${station} ${cause}`)).toEqual([
    'beijing stale-data',
    '* missed-run',
  ])
  expect(settle(rows, [result({ ...OK, station: 'other' })], at(2))).toEqual([])
  const gone = settleGone(rows, new Set(['other']), at(2))
  expect(gone).toMatchObject([{ station: 'beijing', closed_ms: 2 * HOUR }])
  expect(settleGone(rows, new Set(['beijing']), at(2))).toEqual([])
})

test('notices are told until they are taken, in the order of what happened', () => {
  const opened = settle([], [result()], at(1))
  expect(pendingNotices(opened).map(({ state }) => state)).toEqual(['opened'])
  const closed = settle(opened, [OK], at(2))
  expect(closed.some(isOpen)).toBe(false)
  const notices = pendingNotices(closed)
  expect(notices.map(({ state }) => state)).toEqual(['opened', 'recovered'])
  const told = toldRows(notices)
  expect(told).toMatchObject([{ told_opened: true, told_closed: true }])
  expect(pendingNotices(told)).toEqual([])
})

test('without anybody to tell nothing is left to be told later, but the recovery of what is open then', () => {
  const silent = settle([], [result()], at(1, false))
  expect(pendingNotices(silent)).toEqual([])
  expect(pendingNotices(settle(silent, [OK], at(2, true))).map(({ state }) => state)).toEqual(['recovered'])
  expect(pendingNotices(settle(silent, [OK], at(2, false)))).toEqual([])
})

test('the key of a message is that of its notices, whatever their text', () => {
  const rows = settle([], [result()], at(1))
  const key = (some: readonly AqiAlertRow[]) => webhookMessage(pendingNotices(some)).idempotencyKey
  expect(key(rows)).toBe(key(settle(rows, [result({ message: 'other' })], at(2))))
  expect(key(rows)).not.toBe(key(settle(rows, [OK], at(2))))
})
