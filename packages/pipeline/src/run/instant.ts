import { UserError } from '../errors.ts'

const ISO_WITH_OFFSET = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/

/**
 * Epoch ms of an ISO instant that names its offset.
 * @throws UserError `bad-now`
 */
export function parseInstant(text: string): number {
  const instant = ISO_WITH_OFFSET.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(instant) || !isOnCalendar(text)) {
    throw new UserError('bad-now', `--now ${JSON.stringify(text)} is not an instant`, {
      hint: 'Give date, time and offset, e.g. --now 2026-01-06T08:00:00+08:00 or 2026-01-06T00:00:00Z.',
    })
  }
  return instant
}

/** `Date.parse` takes 30 February for 2 March, and 24:00 for the next day. */
function isOnCalendar(text: string): boolean {
  const toTheMinute = text.slice(0, 'YYYY-MM-DDTHH:mm'.length)
  return new Date(`${toTheMinute}Z`).toISOString().startsWith(toTheMinute)
}
