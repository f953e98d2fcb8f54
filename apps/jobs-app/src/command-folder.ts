import { access, mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { shellCommand } from '@airq/job-runner'
import { PIPELINES } from './pipelines.ts'

/** The folder of all apps, from `src` as from `dist`. */
const APPS = join(import.meta.dirname, '..', '..')

/**
 * A folder for PATH with the commands of the apps that are built beside this one. Those that are not there are
 * looked for on the rest of PATH, as installed commands are.
 * @returns its path
 */
export async function commandFolder(parent: string): Promise<string> {
  const folder = join(parent, '.bin')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  for (const { bin, app } of Object.values(PIPELINES)) {
    const script = join(APPS, app, 'dist', `${bin}.js`)
    if (!(await exists(script))) continue
    const file = join(folder, bin)
    const fresh = `${file}.${String(process.pid)}`
    await writeFile(fresh, `#!/bin/sh\nexec ${shellCommand([process.execPath, script])} "$@"\n`, {
      mode: 0o700,
    })
    // Whole or not at all: another submitter may be starting it.
    await rename(fresh, file)
  }
  return folder
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
