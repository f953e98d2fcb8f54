import { setTimeout as sleep } from 'node:timers/promises'

import { FeatureStoreError, throwIfAborted } from '../errors.ts'

/** Primary result codes of SQLite, https://sqlite.org/rescode.html; the names are better-sqlite3's. */
const resultCodes: Readonly<Record<string, number>> = {
  SQLITE_BUSY: 5,
  SQLITE_LOCKED: 6,
  SQLITE_READONLY: 8,
  SQLITE_IOERR: 10,
  SQLITE_CORRUPT: 11,
  SQLITE_FULL: 13,
  SQLITE_CANTOPEN: 14,
  SQLITE_NOTADB: 26,
}

const pauseMs = 10

/** An error of the engine or the file system in the store's words; one of the store's own passes. */
export function storeFailure(error: unknown, path: string): FeatureStoreError {
  if (FeatureStoreError.isInstance(error)) return error
  const reason = error instanceof Error ? error.message : String(error)
  const details = { where: path, cause: error }
  switch (resultCode(error)) {
    case 5:
    case 6:
      return new FeatureStoreError('busy', `Another process kept ${path} locked: ${reason}.`, {
        ...details,
        retryable: true,
        hint: 'Try again once the other run is done.',
      })
    case 11:
    case 26:
      return damaged(path, reason, error)
    case 8:
    case 13:
    case 14:
      return unwritable(path, reason, error)
    default:
      return new FeatureStoreError('engine-failed', `SQLite failed on ${path}: ${reason}.`, details)
  }
}

export function damaged(path: string, reason: string, cause?: unknown): FeatureStoreError {
  return new FeatureStoreError('store-damaged', `The feature store ${path} cannot be read: ${reason}.`, {
    where: path,
    hint: 'Restore the file from a copy, or move it away and backfill; nothing was overwritten.',
    cause,
  })
}

export function unwritable(path: string, reason: string, cause: unknown): FeatureStoreError {
  return new FeatureStoreError('state-unwritable', `The feature store ${path} cannot be opened: ${reason}.`, {
    fault: 'input',
    where: path,
    hint: 'Choose a folder in which this user may create and write files.',
    cause,
  })
}

/**
 * Waits for a lock between attempts and not within SQLite, so that two stores in one process can take turns
 * and an abort is heard.
 */
export async function retryWhileBusy<T>(
  path: string,
  timeoutMs: number,
  signal: AbortSignal | undefined,
  attempt: () => T | Promise<T>,
): Promise<T> {
  const deadline = AbortSignal.timeout(timeoutMs)
  for (;;) {
    throwIfAborted(signal)
    try {
      return await attempt()
    } catch (error) {
      const failure = storeFailure(error, path)
      if (failure.code !== 'busy' || deadline.aborted) throw failure
    }
    await sleep(pauseMs)
  }
}

function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined
  // node:sqlite: the extended code, its low byte is the primary one.
  if ('errcode' in error && typeof error.errcode === 'number') return error.errcode & 0xff
  if (!('code' in error) || typeof error.code !== 'string') return undefined
  return resultCodes[error.code.split('_').slice(0, 2).join('_')]
}
