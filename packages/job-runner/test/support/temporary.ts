import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export async function temporary(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'airq-jobs-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) }
}

/** Names and contents of all files below a folder. */
export async function contentOf(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')))
  return files.map((file, index) => `${file}\n${texts[index]!}`).join('\n')
}

/** Looks again and again until what is looked for is there. */
export async function until(look: () => Promise<unknown>): Promise<void> {
  while ((await look().catch(() => false)) === false) await new Promise((resolve) => setTimeout(resolve, 20))
}
