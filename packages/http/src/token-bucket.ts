export interface RateLimit {
  /** Tokens that come back each second. */
  readonly perSecond: number
  /** Tokens a full bucket holds. */
  readonly burst: number
}

export interface Bucket {
  /** May be below 0: then the last taker still has to wait. */
  readonly tokens: number
  /** Epoch ms of the count. */
  readonly at: number
}

export function fullBucket(limit: RateLimit, now: number): Bucket {
  return { tokens: limit.burst, at: now }
}

/** Takes one token, on credit if there is none. `waitMs`: until the credit is paid. */
export function takeToken(bucket: Bucket, limit: RateLimit, now: number): { bucket: Bucket; waitMs: number } {
  // A clock set back gives nothing, and takes nothing.
  const elapsed = Math.max(0, now - bucket.at)
  const tokens = Math.min(limit.burst, bucket.tokens + (elapsed * limit.perSecond) / 1000) - 1
  const waitMs = tokens >= 0 ? 0 : Math.ceil((-tokens * 1000) / limit.perSecond)
  return { bucket: { tokens, at: now }, waitMs }
}

/** Puts back a token that was taken and not used. */
export function giveBack(bucket: Bucket): Bucket {
  return { tokens: bucket.tokens + 1, at: bucket.at }
}
