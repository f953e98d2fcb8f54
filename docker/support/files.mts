import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

export interface File {
  /** From the root of the image: `app/LICENSE`. */
  readonly path: string
  readonly bytes: number
  readonly mode: number
  readonly uid: number
  /** Equal in two images where the file is the same. */
  readonly mark: string
}

/** Every file and folder below a root; links are not followed. */
function filesOf(root: string, below = ''): File[] {
  return readdirSync(join(root, below), { withFileTypes: true }).flatMap((entry) => {
    const path = join(below, entry.name)
    const { size, mode, mtimeMs, uid } = lstatSync(join(root, path))
    const isFolder = entry.isDirectory()
    const owned = `${String(mode)} ${String(uid)}`
    const file = {
      path,
      bytes: entry.isFile() ? size : 0,
      mode: mode & 0o7777,
      uid,
      mark: isFolder ? owned : `${owned} ${String(size)} ${String(mtimeMs)}`,
    }
    return isFolder ? [file, ...filesOf(root, path)] : [file]
  })
}

/** What an image has on top of its base, or has otherwise. */
export function filesOnTop(root: string, base: string): File[] {
  const below = new Map(filesOf(base).map(({ path, mark }) => [path, mark]))
  return filesOf(root).filter(({ path, mark }) => below.get(path) !== mark)
}
