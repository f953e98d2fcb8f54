import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest'
import { ROOT } from '../scripts/built-apps.mts'
import { buildPackages } from '../scripts/built-packages.mts'
import { outputOf, runCommand } from './support/command.ts'
import { CJS_CONSUMER, CTS_CONSUMER, ESM_CONSUMER, LOAD_TRACE } from './support/consumers.ts'

// The libraries as a user gets them: packed, and installed with npm in an empty project.

const LIBRARIES = ['http', 'aqi-client', 'feature-store', 'model-registry', 'model']
/** What npm says when it cannot reach the registry. */
const UNREACHABLE = /\b(?:ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ENETUNREACH|ENOTCACHED)\b/

let project: string
let offline = false

beforeAll(async () => {
  buildPackages()
  project = await mkdtemp(join(tmpdir(), 'airq-library-'))
  await pack(join(project, 'packed'))
  await writeFile(join(project, 'package.json'), JSON.stringify({ name: 'consumer', private: true }))
  const tarballs = (await readdir(join(project, 'packed'))).map((name) => `./packed/${name}`)
  expect(tarballs).toHaveLength(LIBRARIES.length)
  const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--fetch-retries=1', '--fetch-timeout=20000']
  const install = ['install', ...flags, ...tarballs, '@types/node@24']
  const { code, stderr } = await runCommand('npm', install, inProject())
  offline = code !== 0 && UNREACHABLE.test(stderr)
  if (offline) process.stderr.write('The packed libraries are not tested: npm cannot reach its registry.\n')
  else expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
}, 180_000)
afterAll(() => rm(project, { recursive: true, force: true }))

async function pack(destination: string): Promise<void> {
  const { packageManager } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
    packageManager: string
  }
  const filters = LIBRARIES.map((name) => `--filter=./packages/${name}`)
  const args = ['--yes', packageManager, ...filters, 'pack', '--pack-destination', destination]
  await outputOf('npx', args, { cwd: ROOT })
}

/** pnpm leads Node and bundlers to the packages of this repository; the project has its own. */
function inProject(): { readonly cwd: string; readonly env: Readonly<Record<string, string>> } {
  return { cwd: project, env: { NODE_PATH: '' } }
}

/** Tests of the installed libraries. */
function installed(name: string, body: () => Promise<void>): void {
  test(name, async (context: TestContext) => {
    context.skip(offline, 'npm cannot reach its registry')
    await body()
  })
}

async function node(file: string, code: string, ...args: readonly string[]): Promise<string> {
  await writeFile(join(project, file), code)
  return outputOf(process.execPath, [...args, file], inProject())
}

describe('installed from their tarballs', () => {
  installed('the libraries of one version depend on each other by that version', async () => {
    const manifest = await readFile(join(project, 'node_modules/@airq/aqi-client/package.json'), 'utf8')
    expect(manifest).not.toContain('workspace:')
    const { dependencies } = JSON.parse(manifest) as { dependencies: Record<string, string> }
    expect(dependencies['@airq/http']).toMatch(/^\d+\.\d+\.\d+/)
  })

  installed('they work as ES modules', async () => {
    const script = ESM_CONSUMER.replaceAll(' as const', '')
    expect(JSON.parse(await node('esm.mjs', script))).toEqual({
      category: 'good',
      stationId: '1451',
      missing: 'not-found',
      refusal: 'auth',
      status: 404,
      written: 1,
      rows: ['a'],
      version: '1.0.0',
      digest: 64,
      recipe: 'ridge',
      day: 0,
      refits: 2,
      functions: true,
    })
  })

  installed('they work in CommonJS, and errors are known across both copies', async () => {
    expect(JSON.parse(await node('cjs.cjs', CJS_CONSUMER))).toEqual({
      errors: {
        AqiError: true,
        FeatureStoreError: true,
        HttpError: true,
        ModelError: true,
        ModelRegistryError: true,
      },
      stationId: '1451',
      day: '2024-02-29',
      refits: 2,
    })
  })

  installed('they pass the strict check of TypeScript, their own declarations included', async () => {
    await writeFile(join(project, 'consumer.mts'), ESM_CONSUMER)
    await writeFile(join(project, 'consumer.cts'), CTS_CONSUMER)
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      module: 'nodenext',
      target: 'es2024',
      lib: ['es2024', 'esnext.disposable'],
      types: ['node'],
      noEmit: true,
    }
    const files = ['consumer.mts', 'consumer.cts']
    await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
    const { stdout } = await runCommand('tsc', ['-p', project, '--pretty', 'false'], inProject())
    expect(stdout).toBe('')
  })
})

describe('what an entry loads', () => {
  /** The packages from which importing and requiring these entries loads files. */
  async function packagesLoaded(...entries: readonly string[]): Promise<string[]> {
    await writeFile(join(project, 'trace.mjs'), LOAD_TRACE)
    const imports = entries.map((entry) => `await import('${entry}')`).join('\n')
    const requires = entries.map((entry) => `require('${entry}')`).join('\n')
    const lines =
      (await node('load.mjs', imports, '--import', './trace.mjs')) +
      (await node('load.cjs', requires, '--import', './trace.mjs'))
    const names = [...lines.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)\//g)].map((match) => match[1] ?? '')
    return [...new Set(names)].toSorted()
  }

  installed('the main entry of aqi-client: nothing but itself', async () => {
    expect(await packagesLoaded('@airq/aqi-client')).toEqual(['@airq/aqi-client'])
  })

  installed('no axios in any entry of any library, before a request is made', async () => {
    const entries = ['', '/waqi', '/open-meteo', '/simulator', '/testing'].map(
      (path) => `@airq/aqi-client${path}`,
    )
    const others = ['http', 'feature-store', 'model-registry', 'model'].map((name) => `@airq/${name}`)
    const loaded = await packagesLoaded(...entries, ...others)
    expect(loaded).toContain('@airq/http')
    expect(loaded).not.toContain('axios')
  })
})

describe('bundled', () => {
  /** The size of a minified bundle, and the bytes in it by package. */
  async function bundle(
    code: string,
    platform: 'browser' | 'node',
  ): Promise<{ bytes: number; byPackage: Record<string, number> }> {
    await writeFile(join(project, 'entry.mjs'), code)
    const ofTsup = createRequire(createRequire(join(ROOT, 'packages/http/package.json')).resolve('tsup'))
    const flags = ['--bundle', '--minify', '--format=esm', `--platform=${platform}`, '--metafile=meta.json']
    const command = [ofTsup.resolve('esbuild/bin/esbuild'), ...flags, '--outfile=bundle.mjs', 'entry.mjs']
    const [executable = '', ...args] = command
    await outputOf(executable, args, inProject())
    const { outputs } = JSON.parse(await readFile(join(project, 'meta.json'), 'utf8')) as {
      outputs: Record<string, { bytes: number; inputs: Record<string, { bytesInOutput: number }> }>
    }
    const { bytes, inputs } = outputs['bundle.mjs'] ?? { bytes: Number.NaN, inputs: {} }
    const byPackage: Record<string, number> = {}
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const name = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? 'entry'
      if (bytesInOutput > 0) byPackage[name] = (byPackage[name] ?? 0) + bytesInOutput
    }
    return { bytes, byPackage }
  }

  installed('one function of aqi-client brings what it needs and no more', async () => {
    const code = `import { categoryOf } from '@airq/aqi-client'\nconsole.log(categoryOf(60, 'us-epa-2015').key)`
    const { bytes, byPackage } = await bundle(code, 'browser')
    expect(Object.keys(byPackage).toSorted()).toEqual(['@airq/aqi-client', 'entry'])
    expect(bytes).toBeLessThan(5000)
    const text = await readFile(join(project, 'bundle.mjs'), 'utf8')
    expect(text).not.toMatch(/simulat|parseHistoricalCsv|no-date-column/)
    expect(await outputOf(process.execPath, ['bundle.mjs'], inProject())).toBe('moderate\n')
  })

  installed('an import that is not used leaves nothing', async () => {
    const mains = LIBRARIES.map((name, i) => `import * as unused${String(i)} from '@airq/${name}'`)
    const { byPackage } = await bundle(mains.join('\n'), 'node')
    expect(byPackage).toEqual({})
  })
})
