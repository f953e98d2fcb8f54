import type { Attribution } from '../../types.ts'
import { attributionSchema } from './feed-schema.ts'
import { plainText } from './plain-text.ts'
import type { WarningList } from './warning-list.ts'

/** Who must be named. An entry without a name is dropped. */
export function readAttributions(entries: readonly unknown[], warnings: WarningList): readonly Attribution[] {
  const named = entries.flatMap((entry) => {
    const wire = attributionSchema.safeParse(entry).data
    const name = plainText(wire?.name)
    return name === null ? [] : [{ name, url: wire?.url ?? null, logo: wire?.logo ?? null }]
  })
  if (named.length === 0) warnings.add('no-attribution', 'the answer names nobody to be credited')
  else if (named.length < entries.length) {
    const count = String(entries.length - named.length)
    warnings.add('no-attribution', `${count} of those to be credited have no name`)
  }
  return named
}
