import { ModelRegistryError } from '../errors.ts'

/** The code of a file system error, such as `ENOENT`; empty for any other. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** A failure to write in the registry's words; one of its own passes. */
export function unwritable(error: unknown, path: string): ModelRegistryError {
  if (ModelRegistryError.isInstance(error)) return error
  return new ModelRegistryError('registry-unwritable', `Cannot write ${path}: ${reasonOf(error)}.`, {
    fault: 'input',
    where: path,
    hint: 'Choose a folder in which this user may create and write files, on a disk with room.',
    cause: error,
  })
}

/** A failure to read, likewise. */
export function unreadable(error: unknown, path: string): ModelRegistryError {
  if (ModelRegistryError.isInstance(error)) return error
  return new ModelRegistryError('registry-unreadable', `Cannot read ${path}: ${reasonOf(error)}.`, {
    fault: 'input',
    where: path,
    hint: 'Choose the folder of a registry that this user may read.',
    cause: error,
  })
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
