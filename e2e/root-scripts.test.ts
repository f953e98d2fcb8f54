import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BINS, ROOT } from '../scripts/built-apps.mts'

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>
}

/** Every command and alias that the package manager itself answers to. */
function packageManagerCommands(): Set<string> {
  const { stdout } = spawnSync('pnpm', ['help', '-a'], { encoding: 'utf8', cwd: ROOT })
  const names = stdout
    .split('\nOptions:')[0]
    ?.split('\n')
    .flatMap((line) => {
      const name = /^ {2}([a-z][a-z-]*) /.exec(line)?.[1]
      const aliases = /\[alias(?:es)?: ([^\]]+)\]/.exec(line)?.[1]?.split(', ') ?? []
      return name === undefined ? [] : [name, ...aliases]
    })
  return new Set(names)
}

test("no root script bears a name that the package manager's own command would take", () => {
  const commands = packageManagerCommands()
  expect([...commands]).toEqual(
    expect.arrayContaining(['install', 'audit', 'doctor', 'store', 'deploy', 'i']),
  )
  // `test` runs the script of that name.
  const taken = Object.keys(manifest.scripts).filter((name) => name !== 'test' && commands.has(name))
  expect(taken).toEqual([])
})

test('every command of the apps is a root script', () => {
  expect(Object.keys(manifest.scripts)).toEqual(expect.arrayContaining(Object.keys(BINS)))
})
