import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

import { LONGEST_TIMER_MS } from './deadline.ts'
import type { Clock } from './types.ts'

/** Epoch ms that never run backwards, and a sleep that keeps the process alive until it is over or aborted. */
export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  sleep: (ms, signal) => sleep(Math.min(ms, LONGEST_TIMER_MS), undefined, { signal }),
}

/** 0 ≤ x < 1. Jitter is to differ between processes, so it has no seed. */
export function systemRandom(): number {
  return randomInt(2 ** 32) / 2 ** 32
}
