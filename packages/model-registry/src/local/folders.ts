import { mkdir, mkdtemp, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { throwIfAborted } from '../errors.ts'
import type { PackageFile } from '../package-files.ts'
import { codeOf, unwritable } from './file-failures.ts'

const stagingPrefix = '.staging-'
/** What a process that died has left is swept away after a day. */
const staleMs = 24 * 60 * 60 * 1000

/** `rename` onto a folder that holds something; Windows says EPERM or EACCES. */
const takenCodes: readonly string[] = ['ENOTEMPTY', 'EEXIST', 'EPERM', 'EACCES']

/**
 * Puts a folder with these files in place, all at once: they are written beside it, flushed in the order given
 * and renamed. Of several processes that place the same folder one succeeds.
 * @returns false where the folder was there already
 */
export async function placeFolder(
  target: string,
  files: readonly PackageFile[],
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const parent = dirname(target)
  let staging: string | undefined
  try {
    await makeFolder(parent)
    staging = await mkdtemp(join(parent, stagingPrefix))
    await sweep(parent, staging)
    for (const { path, text } of files) await writeFlushed(join(staging, path), text)
    await flushFolder(staging)
    throwIfAborted(signal)
    const placed = await renameUnlessTaken(staging, target)
    if (placed) await flushFolder(parent)
    else await rm(staging, { recursive: true, force: true })
    return placed
  } catch (error) {
    if (staging !== undefined) await rm(staging, { recursive: true, force: true })
    throw unwritable(error, target)
  }
}

/**
 * Creates a folder and those above it, for this user only. Not `mkdir` with `recursive`: that tries for ever
 * where nothing can be created, as under /proc.
 */
export async function makeFolder(path: string): Promise<void> {
  if (await isFolder(path)) return
  const parent = dirname(path)
  if (parent !== path) await makeFolder(parent)
  try {
    await mkdir(path, { mode: 0o700 })
    await flushFolder(parent)
  } catch (error) {
    // Another process may have been faster.
    if (codeOf(error) !== 'EEXIST' || !(await isFolder(path))) throw error
  }
}

/** Names within a folder; none where there is no folder. */
export async function namesIn(path: string): Promise<string[]> {
  return readdir(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  })
}

export async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found?.isDirectory() ?? false
}

async function renameUnlessTaken(staging: string, target: string): Promise<boolean> {
  try {
    await rename(staging, target)
    return true
  } catch (error) {
    if (takenCodes.includes(codeOf(error)) && (await isFolder(target))) return false
    throw error
  }
}

export async function writeFlushed(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Makes new names within a folder outlive a power cut. Windows cannot, and has no need to. */
async function flushFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** Ages are measured against a folder made just now, so by the clock of the file system itself. */
async function sweep(parent: string, staging: string): Promise<void> {
  const { mtimeMs: now } = await stat(staging)
  for (const name of await namesIn(parent)) {
    if (!name.startsWith(stagingPrefix)) continue
    const path = join(parent, name)
    // Another process may sweep at the same time.
    const found = await stat(path).catch(() => undefined)
    if (found !== undefined && now - found.mtimeMs > staleMs) await rm(path, { recursive: true, force: true })
  }
}
