import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createContext, Script } from 'node:vm'
import { backtest, dailySeries, defaultRecipe, distribution, fitRecipe, residualsOf } from '../src/index.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

// The main entry where there is no Node.

const SERIES = Array.from({ length: 400 }, (_, i) =>
  Math.round(80 + 30 * Math.cos(i / 58) + 25 * Math.sin(i * i)),
)

/** What a page of a user might do; the same as `inNode`. */
const PAGE = `
import { backtest, dailySeries, defaultRecipe, distribution, fitRecipe, residualsOf } from './src/index.ts'
void (async () => {
  const { matrix, next, nextDecidedAt } = dailySeries(${JSON.stringify(SERIES)}, '2024-01-01')
  const recipe = defaultRecipe('ridge')
  const past = await backtest(matrix, [recipe], { testDays: 60, warmUpDays: 60, seed: 1 })
  const value = fitRecipe(recipe, matrix, { seed: 1 }).predict(next)
  const options = { coverage: 0.9, classBounds: [50, 100] }
  const decided = { value, scale: 1, decidedAt: nextDecidedAt }
  const { lower, point, upper } = distribution(decided, residualsOf(past, 0), options)
  globalThis.report(JSON.stringify([lower, point, upper].map(Math.round)))
})()
`

async function inNode(): Promise<number[]> {
  const { matrix, next, nextDecidedAt } = dailySeries(SERIES, '2024-01-01')
  const recipe = defaultRecipe('ridge')
  const past = await backtest(matrix, [recipe], { testDays: 60, warmUpDays: 60, seed: 1 })
  const value = fitRecipe(recipe, matrix, { seed: 1 }).predict(next)
  const options = { coverage: 0.9, classBounds: [50, 100] }
  const decided = { value, scale: 1, decidedAt: nextDecidedAt }
  const { lower, point, upper } = distribution(decided, residualsOf(past, 0), options)
  return [lower, point, upper].map(Math.round)
}

interface Esbuild {
  buildSync(options: Record<string, unknown>): {
    readonly outputFiles: readonly { readonly text: string }[]
    readonly metafile: {
      readonly inputs: Record<string, { readonly imports: readonly { readonly path: string }[] }>
    }
  }
}

const packageDir = join(import.meta.dirname, '..')
let code = ''
let imported: string[] = []
let folder = ''

beforeAll(() => {
  const require = createRequire(import.meta.url)
  const esbuild = createRequire(require.resolve('tsup'))('esbuild') as Esbuild
  const { outputFiles, metafile } = esbuild.buildSync({
    stdin: { contents: PAGE, resolveDir: packageDir, loader: 'ts' },
    bundle: true,
    write: false,
    metafile: true,
    format: 'iife',
    target: 'es2024',
    platform: 'browser',
  })
  code = outputFiles[0]?.text ?? ''
  imported = Object.values(metafile.inputs).flatMap(({ imports }) => imports.map(({ path }) => path))
  folder = mkdtempSync(join(tmpdir(), 'airq-browser-'))
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

describe('the main entry', () => {
  test('imports nothing of Node', () => {
    expect(imported.length).toBeGreaterThan(20)
    expect(imported.filter((path) => path.startsWith('node:') || !path.includes('/'))).toEqual([])
  })

  test('forecasts with what every JavaScript engine has', async () => {
    const said = Promise.withResolvers<string>()
    const context = createContext({ report: said.resolve, setTimeout })
    new Script(code).runInContext(context)
    expect(JSON.parse(await said.promise)).toEqual(await inNode())
  })

  const chromium = ['chromium', 'chromium-browser', 'google-chrome'].find(
    (name) => spawnSync(name, ['--version']).status === 0,
  )
  test.skipIf(chromium === undefined)(
    'forecasts in a browser (skipped where there is no Chromium)',
    async () => {
      const page = join(folder, 'page.html')
      const report =
        'globalThis.report = (text) => { document.title = text; document.body.textContent = text }'
      writeFileSync(
        page,
        `<!doctype html><body><script>${report}</script><script>${code.replaceAll('</script', '<\\/script')}</script>`,
      )
      const flags = [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--virtual-time-budget=20000',
        '--dump-dom',
      ]
      const profile = `--user-data-dir=${join(folder, 'profile')}`
      const { stdout } = spawnSync(chromium ?? '', [...flags, profile, pathToFileURL(page).href], {
        encoding: 'utf8',
      })
      const title = /<title>(.*?)<\/title>/.exec(stdout)?.[1] ?? 'no title'
      expect(JSON.parse(title)).toEqual(await inNode())
    },
    60_000,
  )
})
