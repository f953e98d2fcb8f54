import { expect, test } from 'vitest'
import { parseInstant } from '../src/run/instant.ts'

test.each([
  ['2026-01-06T00:00:00Z', Date.UTC(2026, 0, 6)],
  ['2026-01-06T00:00Z', Date.UTC(2026, 0, 6)],
  ['2026-01-06T08:00:00.250+08:00', Date.UTC(2026, 0, 6) + 250],
  ['2024-02-29T23:59:59-03:30', Date.UTC(2024, 2, 1, 3, 29, 59)],
])('%s', (text, instant) => {
  expect(parseInstant(text)).toBe(instant)
})

test.each([
  '2026-01-06T00:00:00',
  '2026-01-06Z',
  '2025-02-29T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-01-06T24:00:00Z',
  '2026-01-06T00:60:00Z',
  '2026-01-06T00:00:61Z',
  '2026-01-06T00:00:00+99:00',
  '',
])('%j is not an instant', (text) => {
  expect(() => parseInstant(text)).toThrow(expect.objectContaining({ code: 'bad-now', fault: 'input' }))
})
