import { expect, test } from 'vitest'
import { timeOf } from '../src/command/option-row.ts'

test.each([
  ['60s', 60_000],
  ['10m', 600_000],
  ['2h', 7_200_000],
  ['1.5h', 5_400_000],
  ['0.5s', 500],
])('%s is %i ms', (text, ms) => {
  expect(timeOf(text)).toBe(ms)
})

test.each(['', '60', 's', '0s', '-1s', '1e3s', '1d', '60 s', 'soon', '9999999s'])(
  '"%s" is no time',
  (text) => {
    expect(timeOf(text)).toBeNull()
  },
)
