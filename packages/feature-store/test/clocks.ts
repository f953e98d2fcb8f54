/** A clock that stands until it is moved; `tick` as the contract suite wants it. */
export interface HandClock {
  now(): number
  /** Also backwards. */
  move(ms: number): void
  /** The instant between what was written so far and what is written next. */
  tick(): number
}

export function handClock(start = Date.UTC(2026, 0, 2)): HandClock {
  let time = start
  return {
    now: () => time,
    move(ms) {
      time += ms
    },
    tick() {
      // A transaction in the same millisecond as the one before it is stamped a millisecond later.
      time += 2000
      return time - 1000
    },
  }
}
