import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const SUBMITTER = fileURLToPath(new URL('submitter.ts', import.meta.url))

/** Runs a submitter; SIGKILL once it says `killAt`. Gives what it said. */
export async function runSubmitter(
  orders: object,
  env: Readonly<Record<string, string | undefined>>,
  killAt?: string,
): Promise<string[]> {
  const child = spawn(process.execPath, ['--conditions=@airq/source', SUBMITTER, JSON.stringify(orders)], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const said: string[] = []
  const ended = once(child, 'exit')
  for await (const line of createInterface(child.stdout)) {
    said.push(line)
    if (line === killAt) child.kill('SIGKILL')
  }
  await ended
  return said
}
