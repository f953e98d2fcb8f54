import { dirname } from 'node:path'

import { FeatureStoreError } from '../errors.ts'
import type { SqliteDatabase } from './engine.ts'
import { fs } from './node-fs.ts'

/**
 * Copies the committed content of a database in use into a file of its own, compacted, mode 0600. The target
 * appears when it is whole and on disk: until then the copy lies beside it under the name `partial`.
 */
export function copyDatabase(db: SqliteDatabase, target: string, partial: string): void {
  fs.rmSync(partial, { force: true })
  try {
    fs.closeSync(fs.openSync(partial, 'wx', 0o600))
    // Takes an empty file as well as none.
    db.prepare('VACUUM INTO ?').run(partial)
    flush(partial, 'r+')
    fs.renameSync(partial, target)
  } catch (error) {
    fs.rmSync(partial, { force: true })
    throw error
  }
  // So that the new name outlives a power cut. Windows has no such call and needs none.
  if (process.platform !== 'win32') flush(dirname(target), 'r')
}

/** @throws FeatureStoreError `target-exists` */
export function refuseExisting(target: string): void {
  if (!fs.existsSync(target)) return
  throw new FeatureStoreError('target-exists', `${target} is there already; it was not touched.`, {
    fault: 'input',
    where: target,
    hint: 'Choose another name, or move the file away first.',
  })
}

function flush(path: string, flags: 'r' | 'r+'): void {
  const file = fs.openSync(path, flags)
  try {
    fs.fsyncSync(file)
  } finally {
    fs.closeSync(file)
  }
}
