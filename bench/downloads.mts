import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ROOT } from '../scripts/built-apps.mts'

/** Where real downloads of aqicn.org lie, beside the checkout. */
export const DOWNLOADS = '../shared/data/aqicn'

/** The files named, else all downloads there are; none where there is no folder. */
export function downloads(named: readonly string[]): string[] {
  const from = process.env['INIT_CWD'] ?? process.cwd()
  if (named.length > 0) return named.map((file) => resolve(from, file))
  const folder = join(ROOT, DOWNLOADS)
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith('.csv'))
    .toSorted()
    .map((name) => join(folder, name))
}
