import { spawnSync } from 'node:child_process'

export interface Finished {
  readonly wallMs: number
  readonly stdout: string
}

/** Runs Node with these arguments and waits, from before the start to after the end of the process. */
export function timed(args: readonly string[]): Finished {
  const started = performance.now()
  const child = spawnSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  const wallMs = performance.now() - started
  if (child.status !== 0) throw failed(args, child.status, child.stderr)
  return { wallMs, stdout: child.stdout }
}

/** Writes what the kernel counted for the process itself, its peak in KiB, to the fourth pipe. */
const REPORT_PEAK = `data:text/javascript,${encodeURIComponent(
  "import { writeSync } from 'node:fs'; process.on('exit', () => writeSync(3, String(process.resourceUsage().maxRSS)))",
)}`

/** Peak resident memory of such a run in MiB. A run of its own: the report must not disturb the timing. */
export function peakMiB(args: readonly string[]): number {
  const child = spawnSync(process.execPath, ['--import', REPORT_PEAK, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  })
  if (child.status !== 0) throw failed(args, child.status, child.stderr)
  return Number(child.output[3]) / 1024
}

function failed(args: readonly string[], status: number | null, stderr: string): Error {
  return new Error(`node ${args.join(' ')} ended with ${String(status)}:\n${stderr}`)
}
