import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { ROOT } from '../../scripts/built-apps.mts'

const FAKES = {
  hopsworks: 'feature-store/src/testing/bin/airq-fake-hopsworks.ts',
  comet: 'model-registry/src/testing/bin/airq-fake-comet.ts',
  mlflow: 'model-registry/src/testing/bin/airq-fake-mlflow.ts',
} as const

/** What a fake says of itself in its one line. */
export interface Fake extends AsyncDisposable {
  readonly baseUrl: string
  readonly onlinePort: number
  stop(): Promise<void>
}

/** A fake as a process of its own, by its command. */
export async function startFake(name: keyof typeof FAKES, args: readonly string[] = []): Promise<Fake> {
  const script = join(ROOT, 'packages', FAKES[name])
  const child = spawn(process.execPath, ['--conditions=@airq/source', script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'close')
  for await (const line of createInterface({ input: child.stdout })) {
    const said = JSON.parse(line) as { baseUrl: string; onlinePort?: number }
    const stop = async (): Promise<void> => {
      child.kill('SIGTERM')
      await ended
    }
    return {
      baseUrl: said.baseUrl,
      onlinePort: said.onlinePort ?? 0,
      stop,
      [Symbol.asyncDispose]: stop,
    }
  }
  throw new Error(`the fake ${name} ended without a word`)
}

/** Jobs of a moment. */
export const QUICK = ['--start-ms', '30', '--run-ms', '30', '--online-lag-ms', '30'] as const
