const HOUR = 3_600_000
const WINDOW_HOURS = 8
/** Three quarters of the window, as EPA asks for an 8 h mean. */
const FEWEST_HOURS = 6

/**
 * The mean of the 8 hours that end with the one handed in, hours in ascending order (epoch ms); `null` with fewer
 * than 6 values among them.
 */
export function createRunningMean(): (at: number, value: number | null) => number | null {
  let window: { readonly at: number; readonly value: number }[] = []
  return (at, value) => {
    window = window.filter((entry) => entry.at > at - WINDOW_HOURS * HOUR)
    if (value !== null) window.push({ at, value })
    if (window.length < FEWEST_HOURS) return null
    return window.reduce((sum, entry) => sum + entry.value, 0) / window.length
  }
}
