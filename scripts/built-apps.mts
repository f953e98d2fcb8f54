import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'

export const ROOT = join(import.meta.dirname, '..')

/** Every command and the app it is built in. */
export const BINS = {
  'feature-pipeline': 'feature-app',
  'batch-feature-pipeline': 'feature-app',
  'training-pipeline': 'training-app',
  'hyperparam-optimization-pipeline': 'training-app',
  backtest: 'training-app',
  'check-leaks': 'training-app',
  'inference-pipeline': 'inference-app',
  'run-feature-pipeline': 'jobs-app',
  'run-batch-feature-pipeline': 'jobs-app',
  'run-training-pipeline': 'jobs-app',
  'run-hyperparam-optimization-pipeline': 'jobs-app',
  'run-inference-pipeline': 'jobs-app',
  'run-all': 'jobs-app',
  'deploy-environment': 'jobs-app',
  'airq-doctor': 'jobs-app',
  report: 'inference-app',
  'airq-watch': 'inference-app',
} as const
export type Bin = keyof typeof BINS

export function isBin(name: string): name is Bin {
  return Object.hasOwn(BINS, name)
}

export function binPath(bin: Bin): string {
  return join(ROOT, 'apps', BINS[bin], 'dist', `${bin}.js`)
}

/** Builds the apps (nothing to do when they are built already). Ends the process when that fails. */
export function buildApps(): void {
  const built = spawnSync('turbo', ['run', 'build', '--filter=./apps/*', '--output-logs=errors-only'], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' },
    shell: process.platform === 'win32',
  })
  if (built.status === 0) return
  const told =
    built.error === undefined
      ? `${built.stdout}${built.stderr}`
      : `${built.error.message}: start it by npx --yes pnpm@12.21.0 exec node …`
  process.stderr.write(`${told}\nThe apps could not be built.\n`)
  process.exit(1)
}

export interface BinRun {
  readonly exitCode: number
  readonly wallMs: number
  readonly stdout: string
}

/** Runs a built command in a process of its own; its log goes to our stderr. */
export function runBin(bin: Bin, args: readonly string[], signal?: AbortSignal): Promise<BinRun> {
  const started = performance.now()
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [binPath(bin), ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
      ...(signal === undefined ? {} : { signal, killSignal: 'SIGINT' as const }),
    })
    let stdout = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.on('error', reject)
    child.on('close', (code) => {
      resolve({ exitCode: code ?? 130, wallMs: Math.round(performance.now() - started), stdout })
    })
  })
}
