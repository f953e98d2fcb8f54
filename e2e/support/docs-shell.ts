import { spawn } from 'node:child_process'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { binPath, isBin, ROOT } from '../../scripts/built-apps.mts'

/** Commands of packages, by the sources they are made of. */
const PACKAGE_BINS = {
  'airq-store': 'feature-store/src/bin/airq-store.ts',
  'airq-fake-hopsworks': 'feature-store/src/testing/bin/airq-fake-hopsworks.ts',
  'airq-registry': 'model-registry/src/bin/airq-registry.ts',
  'airq-fake-comet': 'model-registry/src/testing/bin/airq-fake-comet.ts',
  'airq-fake-mlflow': 'model-registry/src/testing/bin/airq-fake-mlflow.ts',
  'airq-fake-azure': 'job-runner/src/testing/bin/airq-fake-azure.ts',
} as const

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  packageManager: string
  scripts: Record<string, string>
}
const SOURCE = '--conditions=@airq/source'
const WITH_PNPM = ['npx', '--yes', manifest.packageManager]

/**
 * What Node is started with for a command of the docs, `undefined` where it is none of ours: root scripts, commands of
 * apps and packages. They run in the folder they are called in, and not in the root, where `.airq` is yours.
 * @throws Error where the docs name a script, a file or a version that is not there
 */
export function nodeArguments(words: readonly string[]): readonly string[] | undefined {
  const [first = '', ...rest] = words
  if (isPackageBin(first)) return [SOURCE, join(ROOT, 'packages', PACKAGE_BINS[first]), ...rest]
  if (first !== 'npx') return undefined
  if (isPackageBin(rest[0] ?? '')) return nodeArguments(rest)
  if (WITH_PNPM.some((word, i) => words[i] !== word)) {
    throw new Error(`not ${WITH_PNPM.join(' ')} …: ${words.join(' ')}`)
  }
  const [name = '', ...args] = words.slice(WITH_PNPM.length)
  if (isBin(name)) return [binPath(name), ...args]
  if (name === 'exec') return executed(args)
  const [node, ...script] = (manifest.scripts[name] ?? '').split(' ')
  if (node === 'node') return [...script.map(fromRoot), ...args]
  if (node === '') throw new Error(`there is no script ${name}`)
  return undefined
}

function executed([tool = '', ...args]: readonly string[]): readonly string[] | undefined {
  if (tool === 'node')
    return args.map((arg) => (/^(bench|packages|scripts)\/.*ts$/.test(arg) ? fromRoot(arg) : arg))
  return nodeArguments([tool, ...args])
}

function fromRoot(word: string): string {
  return /ts$/.test(word) ? join(ROOT, word) : word
}

function isPackageBin(name: string): name is keyof typeof PACKAGE_BINS {
  return Object.hasOwn(PACKAGE_BINS, name)
}

/** A folder for the PATH: `npx` and the commands of packages are what the docs mean by them. */
export async function makeShims(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const name of ['npx', ...Object.keys(PACKAGE_BINS)]) {
    const file = join(folder, name)
    await writeFile(
      file,
      `#!/bin/sh\nexec '${process.execPath}' ${SOURCE} '${import.meta.filename}' ${name} "$@"\n`,
    )
    await chmod(file, 0o755)
  }
}

/** As `npx`, or a command of a package, in the PATH of what is tried. */
function standIn(words: readonly string[]): void {
  const args = nodeArguments(words)
  if (args === undefined) throw new Error(`not to be run: ${words.join(' ')}`)
  const child = spawn(process.execPath, args, { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  child.on('close', (code) => {
    process.exitCode = code ?? 130
  })
}

if (import.meta.main) standIn(process.argv.slice(2))
