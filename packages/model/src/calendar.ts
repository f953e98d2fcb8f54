const DAYS_PER_YEAR = 365.2425

/** Day of the year as an index 0…365 (29 February shares its index in every year: March starts at 60). */
export function dayOfYear(dayNumber: number): number {
  const date = new Date(dayNumber * 86_400_000)
  const start = Date.UTC(date.getUTCFullYear(), 0, 1) / 86_400_000
  const index = dayNumber - start
  const leap = new Date(Date.UTC(date.getUTCFullYear(), 1, 29)).getUTCMonth() === 1
  return !leap && index >= 59 ? index + 1 : index
}

/** Position in the year as an angle in radians, smooth over the turn of the year. */
export function yearAngle(dayNumber: number): number {
  return (2 * Math.PI * (dayNumber % DAYS_PER_YEAR)) / DAYS_PER_YEAR
}

/** Months since January 1970: changes exactly when the calendar month of the day does. */
export function monthIndex(dayNumber: number): number {
  const date = new Date(dayNumber * 86_400_000)
  return date.getUTCFullYear() * 12 + date.getUTCMonth()
}
