import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'

import { onTestFinished } from 'vitest'

export type Program = ChildProcessByStdio<Writable, Readable, Readable>

/** A TypeScript file of this package, below `test` unless it says otherwise. */
export function sourcePath(file: string): string {
  return fileURLToPath(new URL(`../${file}`, import.meta.url))
}

/** Node with this program; ended with the test if it has not ended by itself. */
export function startProgram(
  file: string,
  args: readonly string[],
  options: { readonly uid?: number } = {},
): Program {
  const child = spawn(process.execPath, ['--conditions=@airq/source', sourcePath(file), ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    ...options,
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  return child
}

export interface Finished {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export async function finished(child: Program): Promise<Finished> {
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
    })
  }
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  return { code, signal, ...output }
}
