import { join } from 'node:path'
import { expect } from 'vitest'
import { ROOT } from '../../scripts/built-apps.mts'
import type { Workplace } from './bins.ts'
import { runCommand } from './command.ts'

const AIRQ_STORE = join(ROOT, 'packages/feature-store/src/bin/airq-store.ts')

/** Copies the embedded store of a place into the project `airq` of the Hopsworks that the environment names. */
export async function copyToHopsworks(
  { dir, state }: Workplace,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const copy = ['copy', join(state, 'feature-store.sqlite'), 'hopsworks:airq', '--poll-ms', '20']
  const copied = await runCommand(process.execPath, ['--conditions=@airq/source', AIRQ_STORE, ...copy], {
    cwd: dir,
    env,
  })
  expect(copied.code, copied.stderr).toBe(0)
}
