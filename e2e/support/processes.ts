import { readdirSync, readFileSync } from 'node:fs'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BINS, type Bin, binPath } from '../../scripts/built-apps.mts'

/** A folder for PATH with every built command, as an image has it. */
export async function commandsIn(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  for (const bin of Object.keys(BINS) as Bin[]) {
    await writeFile(join(folder, bin), `#!/bin/sh\nexec '${process.execPath}' '${binPath(bin)}' "$@"\n`)
    await chmod(join(folder, bin), 0o755)
  }
  return folder
}

/** Every file below a folder. */
export function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
}

export interface ProcessWatch extends Disposable {
  /** What was looked at of all processes seen but this one. */
  readonly seen: ReadonlySet<string>
}

/** Looks at the machine's processes again and again, as any of its users could. */
export function watchProcesses(
  files: readonly ('cmdline' | 'environ')[] = ['cmdline', 'environ'],
): ProcessWatch {
  const seen = new Set<string>()
  const look = (): void => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      if (Number(pid) === process.pid) continue
      for (const file of files) {
        try {
          seen.add(readFileSync(join('/proc', pid, file), 'latin1').replaceAll('\0', '\n'))
        } catch {
          // It has ended, or is somebody else's.
        }
      }
    }
  }
  const timer = setInterval(look, 40)
  return {
    seen,
    [Symbol.dispose]: () => {
      clearInterval(timer)
    },
  }
}
