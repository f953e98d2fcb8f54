import { resolve } from 'node:path'

import { groupLabel } from '../definition.ts'
import { FeatureStoreError } from '../errors.ts'
import { openHopsworksStore, type HopsworksStore } from '../hopsworks/index.ts'
import { encodeText } from '../hopsworks/text-code.ts'
import type { SqliteFeatureStore } from '../sqlite/index.ts'
import type { AnyFeatureGroup } from '../types.ts'
import type { Answer, CommandIo } from './main.ts'
import { withStore } from './open-store.ts'
import type { CopyFlags } from './program.ts'

const SPEC = 'hopsworks:'
/** What a text column takes online where nothing else is said, and what one may take at most. */
const TEXT_BYTES = 255
const MOST_TEXT_BYTES = 4000

export function isHopsworks(spec: string): boolean {
  return spec.startsWith(SPEC)
}

/**
 * Copies the rows of every group that has some, one job a group. Called again it writes them again, which is safe.
 * @param spec `hopsworks:PROJECT`
 */
export function copyToHopsworks(
  from: string,
  spec: string,
  flags: CopyFlags,
  io: CommandIo,
): Promise<Answer> {
  return withStore(from, { readOnly: true, io }, async (source) => {
    const filled: AnyFeatureGroup[] = []
    for (const { group } of await source.groups(io)) {
      // An empty one is made by the program that fills it, which knows how long its texts get.
      if ((await source.describe(group, io)).rows > 0) filled.push(group)
    }
    const target = await open(spec, flags, await textLengths(source, filled, io), io)
    const copied: {
      readonly name: string
      readonly version: number
      readonly rows: number
      readonly written: number
    }[] = []
    const lines: string[] = []
    try {
      for (const group of filled) await target.ensure(group, io)
      for (const group of filled) {
        const rows = await copyGroup(source, target, group, io)
        copied.push({ name: group.name, version: group.version, rows, written: rows })
        lines.push(`${groupLabel(group)}: ${String(rows)} rows written`)
      }
    } finally {
      // Rows of a copy that broke off are still in the source.
      await target.close().catch(() => undefined)
    }
    return {
      json: { from: resolve(from), to: spec, groups: copied },
      text: `${lines.length === 0 ? 'no rows' : lines.join('\n')}\n`,
    }
  })
}

async function copyGroup(
  source: SqliteFeatureStore,
  target: HopsworksStore,
  group: AnyFeatureGroup,
  io: CommandIo,
): Promise<number> {
  let rows = 0
  for await (const batch of source.read(group, {}, io)) {
    await target.upsert(group, batch, io)
    rows += batch.length
  }
  await target.flush(io)
  return rows
}

function open(
  spec: string,
  { trust = [], pollMs }: CopyFlags,
  lengths: Readonly<Record<string, number>>,
  io: CommandIo,
): Promise<HopsworksStore> {
  const given = (...names: string[]): string | undefined =>
    names.map((name) => io.env[name] ?? '').find((value) => value !== '')
  const baseUrl = given('HOPSWORKS_BASE_URL')
  const host = given('HOPSWORKS_HOST')
  const apiKey = given('FS_API_KEY', 'HOPSWORKS_API_KEY')
  if (apiKey === undefined || (baseUrl === undefined && host === undefined)) {
    const what = apiKey === undefined ? 'The API key' : 'The host'
    throw new FeatureStoreError('bad-arguments', `${what} of Hopsworks is not set.`, {
      fault: 'input',
      hint: 'Set HOPSWORKS_API_KEY and HOPSWORKS_HOST in the environment.',
    })
  }
  return openHopsworksStore(
    {
      ...(baseUrl === undefined ? { host: host ?? '' } : { baseUrl }),
      project: spec.slice(SPEC.length),
      apiKey,
      // Nothing is read back, so nothing need wait for the online copy.
      read: 'export',
      writes: 'staged',
      textLengths: lengths,
      trustedHosts: trust,
      pollIntervalMs: Number(pollMs),
      onProgress: ({ group, message, elapsedMs }) => {
        const seconds = elapsedMs === undefined ? '' : `, ${String(Math.round(elapsedMs / 1000))} s`
        io.stderr.write(`${group === undefined ? '' : `${group}: `}${message}${seconds}\n`)
      },
    },
    io,
  )
}

/** Four times what the longest text of a column takes today, where that is more than half of what is given unasked. */
async function textLengths(
  source: SqliteFeatureStore,
  groups: readonly AnyFeatureGroup[],
  io: CommandIo,
): Promise<Record<string, number>> {
  const lengths: Record<string, number> = {}
  for (const group of groups) {
    const texts = Object.entries(group.columns)
      .filter(([name, { type }]) => type === 'string' && !group.primaryKey.includes(name))
      .map(([name]) => name)
    if (texts.length === 0) continue
    for await (const batch of source.read(group, { columns: texts }, io)) {
      for (const row of batch) {
        for (const name of texts) {
          const value = row[name]
          if (typeof value !== 'string' || value.length * 6 <= TEXT_BYTES) continue
          const wanted = 4 * Buffer.byteLength(encodeText(value))
          if (wanted > 2 * TEXT_BYTES)
            lengths[name] = Math.min(MOST_TEXT_BYTES, Math.max(lengths[name] ?? 0, wanted))
        }
      }
    }
  }
  return lengths
}
