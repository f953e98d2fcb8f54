import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { createLimiter } from '../src/limiter.ts'
import { fullBucket, takeToken } from '../src/token-bucket.ts'
import { fakeClock } from './support/fakes.ts'

const never = new AbortController().signal

describe('token bucket', () => {
  it('never lets more through than burst and rate allow, whenever the takers come', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(
        gaps,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 20 }),
        (waits, burst, perSecond) => {
          const limit = { perSecond, burst }
          let bucket = fullBucket(limit, 0)
          let now = 0
          const grants = waits.map((gap) => {
            now += gap
            const taken = takeToken(bucket, limit, now)
            bucket = taken.bucket
            now += taken.waitMs
            return now
          })
          for (const [from, start] of grants.entries()) {
            for (const [to, end] of grants.entries()) {
              if (to >= from)
                expect(to - from + 1).toBeLessThanOrEqual(burst + ((end - start + 1) * perSecond) / 1000)
            }
          }
        },
      ),
    )
  })

  it('does not mind a clock that is set back', () => {
    const limit = { perSecond: 1, burst: 2 }
    expect(takeToken({ tokens: 1, at: 5000 }, limit, 1000)).toEqual({
      bucket: { tokens: 0, at: 1000 },
      waitMs: 0,
    })
  })
})

describe('limiter', () => {
  it('serves two hundred at once in the order they came, at the rate', async () => {
    const clock = fakeClock(0)
    const turn = createLimiter({ perSecond: 10, burst: 5 }, clock)
    const served: number[] = []
    await Promise.all(Array.from({ length: 200 }, (_, i) => turn(never).then(() => served.push(i))))
    expect(served).toEqual(Array.from({ length: 200 }, (_, i) => i))
    expect(clock.now()).toBe(19_500)
  })

  it('lets go at once of who aborts in the queue, and takes no token for it', async () => {
    const clock = fakeClock(0)
    const turn = createLimiter({ perSecond: 1, burst: 1 }, clock)
    const leaver = new AbortController()
    const first = turn(never)
    const second = turn(leaver.signal)
    const third = turn(never)
    leaver.abort(new Error('left'))
    await expect(second).rejects.toThrow('left')
    await Promise.all([first, third])
    expect(clock.sleeps).toEqual([1000])
  })

  it('gives back the token of who aborts while waiting for it', async () => {
    const leaver = new AbortController()
    const clock = fakeClock(0)
    const stuck = { ...clock, sleep: () => new Promise<void>(() => undefined) }
    const turn = createLimiter({ perSecond: 1, burst: 1 }, stuck)
    await turn(never)
    const waiting = turn(leaver.signal)
    await Promise.resolve()
    leaver.abort(new Error('left'))
    await expect(waiting).rejects.toThrow('left')
    clock.advance(1000)
    await turn(never)
  })
})
