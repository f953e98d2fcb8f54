import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { UserError } from '@airq/pipeline'
import { parseFeed, type Report, stationFiles } from '@airq/report'

const FEED = 'forecast.json'

/**
 * Writes a report into a folder, each file whole or not at all, and takes away the files of stations that an earlier
 * one told of and this one doesn't. Other files are left alone.
 * @returns how many files were taken away
 * @throws UserError `out-unwritable`
 */
export async function writeReport(out: string, { files, feed }: Report): Promise<number> {
  try {
    const before = await stationsIn(join(out, FEED))
    for (const { path, content } of files) await replace(join(out, path), content)
    const kept = new Set(files.map(({ path }) => path))
    const stale = before
      .filter((id) => feed.stations.every((station) => station.id !== id || feed.stations.length === 1))
      .flatMap((id) => stationFiles(id))
      .filter((path) => !kept.has(path))
    for (const path of stale) await rm(join(out, path), { force: true })
    return stale.length
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : null
    if (code === null) throw error
    throw new UserError('out-unwritable', `the report cannot be written to ${out} (${code})`, {
      where: out,
      hint: 'Name a folder you may write to with --out.',
      cause: error,
    })
  }
}

/** Stations of the report that lies there; none where there is none of ours. */
async function stationsIn(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch(() => '')
  try {
    return parseFeed(text, path).stations.map(({ id }) => id)
  } catch {
    return []
  }
}

async function replace(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const beside = `${path}.${randomUUID()}.tmp`
  try {
    await writeFile(beside, content)
    await rename(beside, path)
  } finally {
    await rm(beside, { force: true })
  }
}
