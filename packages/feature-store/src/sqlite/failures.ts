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

/** Extended code of `SQLITE_IOERR`: the -shm file could not be made larger, as on a full disk. */
const shmSizeCode = 4874

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
    case 13:
      return diskFull(path, reason, error)
    case 10:
      return extendedCode(error) === shmSizeCode || isNoSpace(error)
        ? diskFull(path, reason, error)
        : new FeatureStoreError('engine-failed', `SQLite failed on ${path}: ${reason}.`, {
            ...details,
            hint: 'See whether the disk is sound and has room, then airq-store verify.',
          })
    case 8:
    case 14:
      return unwritable(path, reason, error)
    default:
      if (isNoSpace(error)) return diskFull(path, reason, error)
      // An integer that no store of ours has written.
      if (codeOf(error) === 'ERR_OUT_OF_RANGE') return damaged(path, reason, error)
      return new FeatureStoreError('engine-failed', `SQLite failed on ${path}: ${reason}.`, {
        ...details,
        hint: 'See whether the disk is sound and has room, then airq-store verify.',
      })
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

/** Rows written now would go into a file that nobody finds any more. */
export function replaced(path: string): FeatureStoreError {
  return new FeatureStoreError(
    'store-damaged',
    `The feature store ${path} was removed or replaced while it was open.`,
    { where: path, hint: 'Close the store and open it again; while it is open leave its files alone.' },
  )
}

export function openReadOnly(why: string, path: string): FeatureStoreError {
  return new FeatureStoreError(
    'state-unwritable',
    `The feature store ${path} is open for reading only: ${why}.`,
    { fault: 'input', where: path, hint: 'Open it without readOnly.' },
  )
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
  let deadline: number | undefined
  for (;;) {
    throwIfAborted(signal)
    try {
      return await attempt()
    } catch (error) {
      const failure = storeFailure(error, path)
      if (failure.code !== 'busy') throw failure
      const now = performance.now()
      deadline ??= now + timeoutMs
      if (now >= deadline) throw failure
    }
    await sleep(pauseMs)
  }
}

function diskFull(path: string, reason: string, cause: unknown): FeatureStoreError {
  return new FeatureStoreError('disk-full', `There is no space left to write ${path}: ${reason}.`, {
    retryable: true,
    where: path,
    hint: 'Free some space and run again; nothing was half-written.',
    cause,
  })
}

function resultCode(error: unknown): number | undefined {
  const extended = extendedCode(error)
  // The low byte of the extended code is the primary one.
  if (extended !== undefined) return extended & 0xff
  return resultCodes[codeOf(error)?.split('_').slice(0, 2).join('_') ?? '']
}

/** Only `node:sqlite` tells it as a number. */
function extendedCode(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode
    : undefined
}

function isNoSpace(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(codeOf(error) ?? '')
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
