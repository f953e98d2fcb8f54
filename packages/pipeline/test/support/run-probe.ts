import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

export const SCRIPT = join(import.meta.dirname, 'probe-command.ts')

const CONFIG = `stations:
  - { id: beijing, name: Beijing, timeZone: Asia/Shanghai, source: { kind: aqicn-csv } }
`

export interface ProbeRun {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface ProbeOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Called with the process and what it has said on stderr so far, whenever it says more. */
  readonly onStderr?: (child: ChildProcess, text: string) => void
}

/** A fresh directory with a valid `config.yaml`, gone after the test. */
export function workDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'airq-pipeline-'))
  onTestFinished(() => {
    rmSync(path, { recursive: true, force: true })
  })
  writeFileSync(join(path, 'config.yaml'), CONFIG)
  return path
}

/** Runs the probe command as a process and waits for its end. */
export async function runProbe(
  probe: string,
  argv: readonly string[],
  { env = {}, cwd = workDirectory(), onStderr }: ProbeOptions = {},
): Promise<ProbeRun> {
  const child = spawn(process.execPath, ['--conditions=@airq/source', SCRIPT, ...argv], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], PROBE: probe, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
    onStderr?.(child, stderr)
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      resolve({ code, stdout, stderr })
    })
  })
}
