import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { ROOT } from '../../scripts/built-apps.mts'

/** Must be nowhere in an image. */
export const PLANTED = 'planted-secret-3f9c1e'

const PLACES = [
  '.env',
  '.airq/token',
  'apps/feature-app/.env.local',
  'apps/training-app/src/.env',
  'packages/http/.airq/token',
  'packages/model/test/secret.json',
  'docker/secret.json',
  'secret.json',
]

export interface Context extends Disposable {
  readonly folder: string
  readonly revision: string
  /** Files that no builder may get. */
  readonly planted: readonly string[]
}

/** The checkout as it stands, without what git ignores, but with a secret in every place where people leave one. */
export function makeContext(): Context {
  const folder = mkdtempSync(join(tmpdir(), 'airq-image-'))
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' })
  const write = (file: string, how: (to: string) => void): void => {
    const to = join(folder, file)
    mkdirSync(dirname(to), { recursive: true })
    how(to)
  }
  for (const file of git('ls-files', '--cached', '--others', '--exclude-standard').trim().split('\n')) {
    if (!existsSync(join(ROOT, file))) continue
    write(file, (to) => {
      copyFileSync(join(ROOT, file), to)
    })
  }
  for (const file of PLACES) {
    write(file, (to) => {
      writeFileSync(to, `AQI_TOKEN=${PLANTED}\n`)
    })
  }
  return {
    folder,
    planted: PLACES,
    revision: git('rev-parse', 'HEAD').trim(),
    [Symbol.dispose]: () => {
      rmSync(folder, { recursive: true })
    },
  }
}
