import { groupLabel } from '../definition.ts'
import { FeatureStoreError } from '../errors.ts'
import type { Row } from '../row-schema.ts'
import type { AnyFeatureGroup } from '../types.ts'
import { encodeText } from './text-code.ts'
import type { GroupDto } from './wire.ts'

/**
 * A text too long for its online column is lost online and kept offline, and no job tells of it: so it is refused
 * here. Lengths are those of the group as it is; counted in bytes, which is safe whatever the table's alphabet.
 * @throws FeatureStoreError `bad-row`
 */
export function checkTexts(group: AnyFeatureGroup, { features }: GroupDto, rows: readonly Row[]): void {
  const limits = features.flatMap(({ name, onlineType }) => {
    const length = /^varchar\((\d+)\)/i.exec(onlineType ?? '')?.[1]
    return length === undefined ? [] : [{ name, length: Number(length) }]
  })
  for (const [index, row] of rows.entries()) {
    for (const { name, length } of limits) {
      const value = row[name]
      if (typeof value !== 'string' || value.length * 3 <= length) continue
      const bytes = Buffer.byteLength(encodeText(value))
      if (bytes <= length) continue
      throw new FeatureStoreError(
        'bad-row',
        `A row does not fit ${groupLabel(group)}, nothing was written: row ${String(index)}, column "${name}": ${String(bytes)} bytes, its online column takes ${String(length)}.`,
        {
          fault: 'input',
          where: group.name,
          hint: 'Shorten the text; or declare a new version of the group with textLengths for this column.',
        },
      )
    }
  }
}
