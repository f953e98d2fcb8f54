import { open } from 'node:fs/promises'
import { join } from 'node:path'

import { damaged } from '../errors.ts'
import type { PackageSource } from '../package-files.ts'
import { codeOf, unreadable } from './file-failures.ts'

/** The files of one version in its folder. */
export function folderSource(folder: string): PackageSource {
  return {
    where: (path) => join(folder, path),
    read: (path, limit) => readBounded(join(folder, path), limit),
  }
}

/** Never reads more than the limit, whatever lies there; `null` where nothing does. */
export async function readBounded(path: string, limit: number): Promise<Buffer | null> {
  try {
    const file = await open(path, 'r')
    try {
      const { size } = await file.stat()
      if (size > limit) throw damaged(path, `it has ${String(size)} bytes, more than ${String(limit)}`)
      return await file.readFile()
    } finally {
      await file.close()
    }
  } catch (error) {
    if (['ENOENT', 'EISDIR', 'ENOTDIR'].includes(codeOf(error))) return null
    throw unreadable(error, path)
  }
}
