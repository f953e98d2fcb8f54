/** Where a reading is asked for, as the WAQI client takes it. */
export type Feed = { readonly uid: number } | { readonly sensorId: number } | { readonly city: string }

/** `@1451`: an agency station; `A372382`: a citizen's; anything else is a city's name or path. */
export function parseFeed(feed: string): Feed {
  const uid = /^@(\d+)$/.exec(feed)?.[1]
  if (uid !== undefined) return { uid: Number(uid) }
  const sensor = /^A(\d+)$/.exec(feed)?.[1]
  return sensor === undefined ? { city: feed } : { sensorId: Number(sensor) }
}
