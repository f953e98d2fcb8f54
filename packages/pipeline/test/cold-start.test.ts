import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const SOURCE = join(import.meta.dirname, '../src')

/** Everything a module loads before its first line runs; types and `import()` are not among it. */
function loadedWith(entry: string): { files: Set<string>; packages: Set<string> } {
  const files = new Set<string>()
  const packages = new Set<string>()
  const visit = (file: string): void => {
    if (files.has(file)) return
    files.add(file)
    const statements = readFileSync(file, 'utf8').matchAll(
      /^(?:import|export) (?!type\b)[^;]*?from '([^']+)'/gm,
    )
    for (const [, from = ''] of statements) {
      if (from.startsWith('.')) visit(resolve(dirname(file), from))
      else if (!from.startsWith('node:')) packages.add(from)
    }
  }
  visit(join(SOURCE, entry))
  return { files, packages }
}

test('a command that only shows its help loads commander and nothing else', () => {
  const { files, packages } = loadedWith('index.ts')
  expect([...packages]).toEqual(['commander'])
  expect([...files]).toContain(join(SOURCE, 'command/run-command.ts'))
  expect([...files].filter((file) => /\/src\/(run|config)\//.test(file))).toEqual([])
})

test('what is not loaded for help is what a run needs', () => {
  expect([...loadedWith('run/execute.ts').packages]).toEqual(expect.arrayContaining(['pino', 'yaml', 'zod']))
})

test('a run loads the store and the registry it opens, when it opens them', () => {
  const loaded = [...loadedWith('run/execute.ts').packages]
  expect(loaded.filter((name) => /^@airq\/(feature-store|model-registry|http)/.test(name))).toEqual([])
})
