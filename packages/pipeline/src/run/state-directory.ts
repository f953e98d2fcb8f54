import { access, constants, mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { UserError } from '../errors.ts'

const OWNER_ONLY = 0o700
const HINT = 'Name a directory you may write to with --state.'
const SHUT_HINT =
  'Name a directory you may write to with --state. In a container: a volume, as in --volume airq:/state, and --state /state.'

/**
 * Makes the directory, for its owner alone, unless it is there.
 * @throws UserError `state-unwritable`
 */
export async function ensureStateDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: OWNER_ONLY })
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    // Node says of a read-only file system that nothing is there: what is there tells why.
    await checkStateDirectory(path)
    throw await unusable(path, path, error)
  }
}

/**
 * Whether the directory could be made or used; makes nothing.
 * @param path absolute
 * @throws UserError `state-unwritable`
 */
export async function checkStateDirectory(path: string): Promise<void> {
  let nearest = path
  while (!(await exists(nearest)) && dirname(nearest) !== nearest) nearest = dirname(nearest)
  try {
    if (await isOtherThanDirectory(nearest)) throw new Error('it is not a directory')
    await access(nearest, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    throw await unusable(path, nearest, error)
  }
}

/** @param culprit the directory itself, or one above it */
async function unusable(path: string, culprit: string, error: unknown): Promise<UserError> {
  const reason = (await isOtherThanDirectory(culprit)) ? 'it is not a directory' : reasonOf(error)
  const place = culprit === path ? '' : `${culprit}: `
  return new UserError('state-unwritable', `the state directory ${path} cannot be used: ${place}${reason}`, {
    hint: reason === REASONS['EROFS'] || reason === REASONS['EACCES'] ? SHUT_HINT : HINT,
    where: culprit,
    cause: error,
  })
}

export async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null
}

async function isOtherThanDirectory(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null)
  return found !== null && !found.isDirectory()
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  ENOENT: 'it could not be made',
  ENOTDIR: 'a part of its path is not a directory',
  EEXIST: 'it is not a directory',
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
  return REASONS[code] ?? code
}
