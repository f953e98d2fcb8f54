import type { HopsworksProgress } from '@airq/feature-store/hopsworks'
import { expect, test } from 'vitest'
import { logHopsworks } from '../src/run/remote-progress.ts'

test('of a job that takes minutes each change is logged, and a line every half minute', () => {
  const info: string[] = []
  const debug: string[] = []
  const ignore = () => undefined
  const log = logHopsworks({
    trace: ignore,
    debug: (message) => debug.push(message),
    info: (message, fields = {}) => info.push(`${message} ${JSON.stringify(fields)}`),
    warn: ignore,
    error: ignore,
  })
  const job = (state: string, seconds: number): HopsworksProgress => ({
    step: 'job',
    group: 'aqi_daily v1',
    message: `job a: ${state}`,
    state,
    elapsedMs: seconds * 1000,
  })
  log({ step: 'upload', group: 'aqi_daily v1', message: '4400 rows, 500000 bytes' })
  for (let seconds = 0; seconds <= 100; seconds += 5) log(job(seconds < 20 ? 'accepted' : 'running', seconds))
  expect(info).toEqual([
    'hopsworks: 4400 rows, 500000 bytes {"group":"aqi_daily v1"}',
    'hopsworks: job a: accepted {"group":"aqi_daily v1","seconds":0}',
    ...[20, 50, 80].map((at) => `hopsworks: job a: running {"group":"aqi_daily v1","seconds":${String(at)}}`),
  ])
  expect(debug).toHaveLength(17)
})
