import { POLLUTANTS } from '@airq/aqi-client'
import { type AqiImportRow, importsBy, shiftsOf } from '@airq/feature-groups'

/**
 * Which columns the newest import moved by other days than the import before it: `pm25 0 (before -1)`; `null` where
 * they agree, where all differ by the same days (a download made on the other side of UTC gives the same days), where
 * the newest only goes back to the import before that, where it is older than `since` (epoch ms), or where there are
 * no two to compare.
 */
export function changedShifts(
  imports: readonly AqiImportRow[],
  { now, since }: { readonly now: number; readonly since: number },
): string | null {
  const [newest, before, earlier] = importsBy(imports, now).toReversed()
  if (before === undefined || newest === undefined || newest.known_at < since) return null
  const changes = changesBetween(before, newest)
  if (changes.length === 0) return null
  if (earlier !== undefined && changesBetween(earlier, newest).length === 0) return null
  return changes.join(', ')
}

function changesBetween(before: AqiImportRow, after: AqiImportRow): string[] {
  // Where the clock of the downloader crosses UTC, shifts change within the file.
  if (before.stretches > 1 || after.stretches > 1) return []
  const [was, is] = [shiftsOf(before), shiftsOf(after)]
  const both = POLLUTANTS.flatMap((pollutant) => {
    const [then, now] = [was[pollutant], is[pollutant]]
    return then === undefined || now === undefined ? [] : [{ pollutant, then, now }]
  })
  if (new Set(both.map(({ then, now }) => now - then)).size < 2) return []
  return both
    .filter(({ then, now }) => then !== now)
    .map(({ pollutant, then, now }) => `${pollutant} ${signed(now)} (before ${signed(then)})`)
}

function signed(days: number): string {
  return days > 0 ? `+${String(days)}` : String(days)
}
