import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl'

import { damaged } from '../errors.ts'
import { packagePaths, type PackageSource } from '../package-files.ts'

const entriesLimit = 64
/** Of all files together, unpacked. */
const bytesLimit = 96 * 1024 * 1024

/**
 * The files in a downloaded zip, unpacked in memory one by one as they are asked for. Names, kinds and sizes are
 * looked at before anything is unpacked: no links, no ways out of the folder, nothing that swells.
 * @throws ModelRegistryError `package-damaged`
 */
export async function zipSource(bytes: Uint8Array, where: string): Promise<PackageSource> {
  const zip = await opened(bytes, where)
  const entries = await entriesOf(zip, where)
  return {
    where: (path) => `${where}, ${path}`,
    async read(path, limit) {
      const entry = entries.get(path)
      if (entry === undefined) return null
      if (entry.uncompressedSize > limit) {
        throw damaged(
          `${where}, ${path}`,
          `it has ${String(entry.uncompressedSize)} bytes, more than ${String(limit)}`,
        )
      }
      return unpacked(zip, entry, `${where}, ${path}`)
    },
  }
}

async function opened(bytes: Uint8Array, where: string): Promise<ZipFile> {
  try {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    return await fromBufferPromise(buffer, { autoClose: false, strictFileNames: true })
  } catch (error) {
    throw damaged(where, `it is no whole zip (${reasonOf(error)})`)
  }
}

async function entriesOf(zip: ZipFile, where: string): Promise<Map<string, Entry>> {
  if (zip.entryCount > entriesLimit) throw damaged(where, `it has ${String(zip.entryCount)} entries`)
  const entries = new Map<string, Entry>()
  let total = 0
  try {
    // yauzl refuses absolute names, `..` and backslashes by itself.
    for await (const entry of zip.eachEntry()) {
      checkKind(entry, where)
      if (entry.fileName.endsWith('/')) continue
      if (entries.has(entry.fileName)) throw damaged(where, `it holds "${entry.fileName}" twice`)
      total += entry.uncompressedSize
      if (total > bytesLimit) throw damaged(where, `it unpacks to more than ${String(bytesLimit)} bytes`)
      // People may log more files under the model: they are not read.
      if (packagePaths.includes(entry.fileName)) entries.set(entry.fileName, entry)
    }
  } catch (error) {
    throw asDamage(error, where)
  }
  return entries
}

function checkKind({ fileName, externalFileAttributes, versionMadeBy }: Entry, where: string): void {
  const madeOnUnix = versionMadeBy >> 8 === 3
  const kind = (externalFileAttributes >>> 16) & 0o170000
  const plain = kind === 0 || kind === 0o100000 || kind === 0o040000
  if (madeOnUnix && !plain) throw damaged(where, `"${fileName}" is neither a file nor a folder`)
}

async function unpacked(zip: ZipFile, entry: Entry, where: string): Promise<Uint8Array> {
  try {
    const stream = await zip.openReadStreamPromise(entry)
    const chunks: Uint8Array[] = []
    // yauzl ends the stream with an error as soon as it is longer than the directory says.
    for await (const chunk of stream) chunks.push(chunk as Uint8Array)
    return Buffer.concat(chunks)
  } catch (error) {
    throw asDamage(error, where)
  }
}

function asDamage(error: unknown, where: string): Error {
  if (error instanceof Error && error.name === 'ModelRegistryError') return error
  return damaged(where, reasonOf(error))
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
