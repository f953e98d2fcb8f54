import { stat, statfs } from 'node:fs/promises'
import { resolve } from 'node:path'
import { shellCommand } from '@airq/job-runner'
import { checkStateDirectory } from '@airq/pipeline/inspect'
import { type Check, type Failure, type Finding, type Next, ok } from './check.ts'
import type { Surroundings } from './session.ts'

const MIB = 1024 * 1024
/** A run of one station writes a few MiB; below the first nothing is safe. */
const LEAST_ROOM = 20 * MIB
const LITTLE_ROOM = 500 * MIB

/** Where the embedded store and registry live, or will. Nothing is made. */
export function stateCheck({ request }: Surroundings): Check {
  const path = resolve(request.common.state)
  return {
    id: 'state',
    where: path,
    nextFor: (failure) => nextFor(failure),
    run: async (): Promise<Finding> => {
      await checkStateDirectory(path)
      const found = await stat(path).catch(() => null)
      const room = await roomBeside(path)
      const there = found === null ? 'is not there yet: the first run makes it' : 'writable'
      const left = room === null ? '' : `, ${roomText(room)} free`
      if (room !== null && room < LITTLE_ROOM) {
        return {
          status: room < LEAST_ROOM ? 'failed' : 'warning',
          message: `${there}${left}`,
          hint: 'A run that finds no room stops and leaves nothing half-written.',
          next: { kind: 'do', text: `Make room on the disk of ${path}.` },
        }
      }
      if (found !== null && process.platform !== 'win32' && (found.mode & 0o077) !== 0) {
        return {
          status: 'warning',
          message: `${there}${left}; others can look into it (mode ${(found.mode & 0o777).toString(8)})`,
          hint: 'airq makes it for its owner alone.',
          next: { kind: 'run', command: shellCommand(['chmod', '700', path]) },
        }
      }
      return ok(`${there}${left}`)
    },
  }
}

function nextFor({ message, where }: Failure): Next {
  const culprit = where ?? '.airq'
  if (message.endsWith('it is not a directory')) {
    return { kind: 'run', command: shellCommand(['mv', culprit, `${culprit}.moved-away`]) }
  }
  if (message.endsWith('permission denied')) {
    return { kind: 'run', command: `sudo chown "$(id -un)" ${shellCommand([culprit])}` }
  }
  return { kind: 'do', text: 'Name a directory you may write to with --state.' }
}

/** Bytes, on the disk of the nearest folder that is there. */
async function roomBeside(path: string): Promise<number | null> {
  for (let folder = path; ; folder = resolve(folder, '..')) {
    const found = await statfs(folder).catch(() => null)
    if (found !== null) return found.bavail * found.bsize
    if (resolve(folder, '..') === folder) return null
  }
}

function roomText(bytes: number): string {
  return bytes < 1024 * MIB
    ? `${String(Math.floor(bytes / MIB))} MiB`
    : `${String(Math.floor(bytes / (1024 * MIB)))} GiB`
}
