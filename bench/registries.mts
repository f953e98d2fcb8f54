import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { axiosTransport, createHttpClient, type HttpClient } from '@airq/http'
import type { ModelPackage, ModelRegistry } from '@airq/model-registry'
import { openCometRegistry } from '@airq/model-registry/comet'
import { openLocalRegistry } from '@airq/model-registry/local'
import { openMlflowRegistry } from '@airq/model-registry/mlflow'
import { samplePackage } from '@airq/model-registry/testing'
import { startMlflowServer } from '../conformance/support/mlflow-server.mts'
import { SKIPPED } from '../conformance/support/outcome.mts'
import { pythonWith } from '../conformance/support/python.mts'
import { buildApps, ROOT } from '../scripts/built-apps.mts'
import { buildPackages } from '../scripts/built-packages.mts'
import { measureColdInference, withServer } from './cold-inference.mts'
import { median, medianAndRange } from './median.mts'
import { timed } from './node-process.mts'
import { tableLines } from './table.mts'

// What a model costs to publish, to fetch and to forecast with, by registry; and what the adapters cost a program that
// uses none.

const HELP = `Usage: npx --yes pnpm@12.21.0 exec node --conditions=@airq/source bench/registries.mts

Publishes and fetches packages of 100 kB and 5 MB: a local folder, the fakes of MLflow and Comet, and a
real mlflow server (PyPI; skipped where it cannot be installed). Then runs inference-pipeline with each, cold,
and with the model that served last while the registry is down.
`
const ROUNDS = 5
const PAIRS = 15
const SIZES = [
  { name: '100 kB', numbers: 10_000 },
  { name: '5 MB', numbers: 500_000 },
]
const BIN = join(ROOT, 'packages/model-registry/src/testing/bin')

interface Cost {
  readonly ms: number
  readonly requests: number
}

/** A client and how many requests it has sent. */
function countingClient(): { readonly http: HttpClient; readonly sent: () => number } {
  const transport = axiosTransport()
  let sent = 0
  const http = createHttpClient({
    maxBodyBytes: 64 * 1024 * 1024,
    transport: (request) => {
      sent += 1
      return transport(request)
    },
  })
  return { http, sent: () => sent }
}

/** Every number takes ten bytes with its comma, so that a size is what it says. */
function packageOf(numbers: number, slope: number): ModelPackage {
  const steps = Array.from({ length: numbers }, (_, index) => 100_000_001 + (index % 800_000_000))
  return samplePackage(slope, { model: { kind: 'line', slope, intercept: 0.1, name: 'bench', steps } })
}

async function costOf(sent: () => number, work: () => Promise<unknown>): Promise<Cost> {
  const [before, started] = [sent(), performance.now()]
  await work()
  return { ms: performance.now() - started, requests: sent() - before }
}

/** A line a size. The first publish of a name, which makes more, is left out. */
async function measure(kind: string, registry: ModelRegistry, sent: () => number): Promise<string[][]> {
  const lines: string[][] = []
  for (const [at, { name: size, numbers }] of SIZES.entries()) {
    const name = `bench-${String(at)}`
    await registry.publish(packageOf(numbers, 0), { name })
    const publishes: Cost[] = []
    const fetches: Cost[] = []
    for (let round = 1; round <= ROUNDS; round += 1) {
      const pkg = packageOf(numbers, round)
      let version = ''
      publishes.push(
        await costOf(sent, async () => {
          version = (await registry.publish(pkg, { name })).version.version
        }),
      )
      fetches.push(await costOf(sent, () => registry.fetch({ name, version })))
    }
    lines.push([`${kind}, ${size}`, ...figures(publishes), ...figures(fetches)])
  }
  await registry.close()
  return lines
}

function figures(costs: readonly Cost[]): string[] {
  return [
    String(median(costs.map(({ requests }) => requests))),
    medianAndRange(
      costs.map(({ ms }) => ms),
      0,
    ),
  ]
}

function withFake<T>(bin: string, use: (baseUrl: string) => Promise<T>): Promise<T> {
  return withServer([join(BIN, bin)], (baseUrl) => {
    if (baseUrl === undefined) throw new Error(`${bin} did not start`)
    return use(baseUrl)
  })
}

async function measureFolder(): Promise<string[][]> {
  const path = mkdtempSync(join(tmpdir(), 'airq-bench-registry-'))
  const registry = await openLocalRegistry({ path, clock: Date })
  const lines = await measure('local folder', registry, () => 0)
  rmSync(path, { recursive: true })
  return lines
}

async function measureMlflow(kind: string, baseUrl: string): Promise<string[][]> {
  const { http, sent } = countingClient()
  return measure(kind, await openMlflowRegistry({ baseUrl, http }), sent)
}

async function measureComet(baseUrl: string): Promise<string[][]> {
  const { http, sent } = countingClient()
  const registry = await openCometRegistry({
    workspace: 'airq',
    project: 'bench',
    apiKey: 'fake-comet-key',
    baseUrl,
    pollIntervalMs: 10,
    http,
  })
  return measure('fake Comet', registry, sent)
}

/** In a process of its own, which ends where there is no Python. */
function measureRealMlflow(): string[][] {
  const { status, stdout } = spawnSync(
    process.execPath,
    ['--conditions=@airq/source', import.meta.filename, 'real-mlflow'],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  )
  if (status === SKIPPED) {
    console.log(stdout.trim())
    return []
  }
  if (status !== 0) throw new Error(`the real server was not measured: ${stdout}`)
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '[]') as string[][]
}

/** Which of our files and of others' the main entry loads, and how long that takes. */
function measureImport(): void {
  buildPackages()
  const url = JSON.stringify(pathToFileURL(join(ROOT, 'packages/model-registry/dist/index.js')).href)
  const importing = ['--input-type=module', '--eval', `import ${url}`]
  const listing = `
    import { registerHooks } from 'node:module'
    const seen = []
    registerHooks({ load: (url, context, next) => (seen.push(url), next(url, context)) })
    await import(${url})
    console.log(JSON.stringify(seen))
  `
  const seen = JSON.parse(timed(['--input-type=module', '--eval', listing]).stdout) as string[]
  const ours = ['mlflow', 'comet', 'axios', 'http/dist', 'yauzl', 'fflate'].filter((part) =>
    seen.some((file) => file.slice(ROOT.length).includes(part)),
  )
  const bare: number[] = []
  const cold: number[] = []
  timed(importing) // fills the file cache
  for (let pair = 0; pair < PAIRS; pair += 1) {
    bare.push(timed(['-e', '0']).wallMs)
    cold.push(timed(importing).wallMs)
  }
  console.log(`
Cold import of the main entry: ${medianAndRange(cold, 0)} ms, \`node -e 0\` ${medianAndRange(bare, 0)} ms
Adapters and HTTP it loads: ${ours.length === 0 ? 'none, met' : `${ours.join(', ')}: MISSED`}`)
}

/** On fakes and a server that are empty. */
async function measureCold(): Promise<void> {
  // Before any server runs: where that fails, the process ends.
  buildApps()
  const rows = await withFake('airq-fake-mlflow.ts', (mlflow) =>
    withFake('airq-fake-comet.ts', (comet) =>
      withServer([import.meta.filename, 'serve-mlflow'], (realMlflow) =>
        measureColdInference({ comet, mlflow, realMlflow }),
      ),
    ),
  )
  console.log('\nCold inference-pipeline, in turn, median (least…most)\n')
  console.log(tableLines(['registry', 'requests', 'wall ms', '× local'], rows).join('\n'))
}

const startRealMlflow = () => startMlflowServer(pythonWith('mlflow-3.17.2', ['mlflow[auth]==3.17.2']))

if (process.argv.includes('--help')) {
  process.stdout.write(HELP)
} else if (process.argv[2] === 'real-mlflow') {
  await using server = await startRealMlflow()
  console.log(JSON.stringify(await measureMlflow('mlflow server 3.17.2', server.baseUrl)))
} else if (process.argv[2] === 'serve-mlflow') {
  await using server = await startRealMlflow()
  console.log(JSON.stringify({ baseUrl: server.baseUrl }))
  await once(process, 'SIGTERM')
} else if (process.argv[2] === 'cold') {
  await measureCold()
} else {
  const lines = [
    ...(await measureFolder()),
    ...(await withFake('airq-fake-mlflow.ts', (baseUrl) => measureMlflow('fake MLflow', baseUrl))),
    ...(await withFake('airq-fake-comet.ts', measureComet)),
    ...measureRealMlflow(),
  ]
  const head = ['registry', 'requests', 'publish ms', 'requests', 'fetch ms']
  console.log(`Each in ${String(ROUNDS)} rounds on loopback, median (least…most)\n`)
  console.log(tableLines(head, lines).join('\n'))
  await measureCold()
  measureImport()
}
