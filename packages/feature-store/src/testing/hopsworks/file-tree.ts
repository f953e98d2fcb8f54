import { Refusal } from './refusal.ts'

export interface Inode {
  readonly id: number
  readonly path: string
  readonly dir: boolean
  readonly modified: number
  readonly body: Uint8Array
}

const empty = new Uint8Array()

/** HopsFS as far as the dataset API shows it. Paths are absolute, without a slash at their end. */
export class FileTree {
  readonly #inodes = new Map<string, Inode>()
  readonly #now: () => number
  #lastId = 100

  constructor(now: () => number) {
    this.#now = now
  }

  get(path: string): Inode | undefined {
    return this.#inodes.get(path)
  }

  /** @throws Refusal 110018 */
  stat(path: string): Inode {
    const inode = this.#inodes.get(path)
    if (inode === undefined) throw new Refusal(110018, `path: ${path}`)
    return inode
  }

  list(folder: string): Inode[] {
    const prefix = `${folder}/`
    return [...this.#inodes.values()].filter(
      ({ path }) => path.startsWith(prefix) && !path.slice(prefix.length).includes('/'),
    )
  }

  all(): Inode[] {
    return [...this.#inodes.values()]
  }

  /** With all folders above it. */
  makeFolder(path: string): void {
    const parts = path.split('/').slice(1)
    for (let depth = 1; depth <= parts.length; depth += 1) {
      const at = `/${parts.slice(0, depth).join('/')}`
      if (!this.#inodes.has(at)) this.#put(at, true, empty)
    }
  }

  write(path: string, body: Uint8Array): void {
    this.#put(path, false, body)
  }

  /** With all beneath it. @throws Refusal 110007 where nothing is there */
  remove(path: string): void {
    if (!this.#inodes.has(path)) throw new Refusal(110007, `path: ${path}`)
    for (const at of [...this.#inodes.keys()]) {
      if (at === path || at.startsWith(`${path}/`)) this.#inodes.delete(at)
    }
  }

  #put(path: string, dir: boolean, body: Uint8Array): void {
    this.#lastId += 1
    const id = this.#inodes.get(path)?.id ?? this.#lastId
    this.#inodes.set(path, { id, path, dir, modified: this.#now(), body })
  }
}
