/** A seeded source of uniform numbers, 0 ≤ x < 1 (mulberry32): the same on every machine. */
export function seededUniform(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A share of the numbers 0 … n − 1, at least one, ascending: selection sampling (Knuth, vol. 2, algorithm S). */
export function drawSorted(n: number, share: number, uniform: () => number): Int32Array {
  const drawn = new Int32Array(Math.min(n, Math.max(1, Math.round(share * n))))
  let taken = 0
  for (let i = 0; i < n && taken < drawn.length; i++) {
    if (uniform() * (n - i) < drawn.length - taken) drawn[taken++] = i
  }
  return drawn
}
