import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { recordingProxy } from '../e2e/support/recording-proxy.ts'
import { type Bin, ROOT, runBin } from '../scripts/built-apps.mts'
import { median, medianAndRange } from './median.mts'

// inference-pipeline as a process of its own, on one store and one model, by the registry that model lies in.

const ROUNDS = 9
const NOW = '2024-07-01T00:00:00+08:00'
const STATION =
  '{ id: city, name: City, timeZone: Asia/Shanghai, source: { kind: simulator, seed: 7, years: 4 } }'
const CONFIG = `stations: [${STATION}]\ntraining: { candidates: [ridge], testDays: 60 }\n`
const COMET_KEY = 'fake-comet-key'

/** Where servers are; undefined: not here. */
export interface Servers {
  readonly comet: string
  readonly mlflow: string
  readonly realMlflow: string | undefined
}

interface Way {
  readonly name: string
  readonly registry: (baseUrl: string) => string
  /** `undefined`: asks nobody. */
  readonly baseUrl: string | undefined
  /** What `airq-registry` calls it; left out where nothing is copied there. */
  readonly copyTo?: string
  /** The registry fails, and the model comes out of the cache. */
  readonly down?: true
}

const ofComet = (baseUrl: string) => `{ kind: comet, workspace: airq, project: cold, baseUrl: '${baseUrl}' }`
const ofMlflow = (baseUrl: string) => `{ kind: mlflow, trackingUri: '${baseUrl}' }`

/** A line a registry: requests, wall time, and how many times that of the local folder. The apps are built. */
export async function measureColdInference({ comet, mlflow, realMlflow }: Servers): Promise<string[][]> {
  const place = new Place()
  await using dead = await deadServer()
  try {
    const real = realMlflow ?? ''
    const ways: Way[] = [
      { name: 'local folder', registry: () => '{ kind: local }', baseUrl: undefined },
      { name: 'fake MLflow', registry: ofMlflow, baseUrl: mlflow, copyTo: `mlflow:${mlflow}` },
      { name: 'fake Comet', registry: ofComet, baseUrl: comet, copyTo: 'comet:airq/cold' },
      ...(realMlflow === undefined
        ? []
        : [{ name: 'mlflow server 3.17.2', registry: ofMlflow, baseUrl: real, copyTo: `mlflow:${real}` }]),
      { name: 'MLflow down, cached champion', registry: ofMlflow, baseUrl: mlflow, down: true },
      { name: 'Comet down, cached champion', registry: ofComet, baseUrl: comet, down: true },
    ]
    await place.train()
    for (const { copyTo } of ways) if (copyTo !== undefined) place.copyModels(copyTo, comet)
    const requests: number[] = []
    for (const way of ways) requests.push(await countRequests(place, way, dead))
    return await times(place, ways, requests, dead)
  } finally {
    place.remove()
  }
}

async function times(place: Place, ways: readonly Way[], requests: readonly number[], dead: DeadServer) {
  const walls: number[][] = ways.map(() => [])
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [at, way] of ways.entries()) walls[at]?.push(await infer(place, way, dead))
  }
  const [local = []] = walls
  return ways.map(({ name }, at) => {
    const own = walls[at] ?? []
    const ratios = own.map((wall, round) => wall / (local[round] ?? Number.NaN))
    return [name, String(requests[at]), medianAndRange(own, 0), median(ratios).toFixed(2)]
  })
}

/** By a run that is not timed. */
async function countRequests(place: Place, way: Way, dead: DeadServer): Promise<number> {
  if (way.baseUrl === undefined) return 0
  if (way.down === true) {
    const before = dead.connections()
    await infer(place, way, dead)
    return dead.connections() - before
  }
  await using proxy = await recordingProxy(way.baseUrl)
  await infer(place, { ...way, baseUrl: proxy.baseUrl }, dead)
  return proxy.requests.length
}

/** One cold run; its wall time in milliseconds. */
async function infer(place: Place, { name, registry, baseUrl = '', down }: Way, dead: DeadServer) {
  rmSync(place.cache, { recursive: true, force: true })
  if (down === true) {
    // Not timed: the registry answers once more.
    place.configure(registry(baseUrl))
    await place.run('inference-pipeline', 0)
    baseUrl = dead.baseUrl
  }
  place.configure(registry(baseUrl))
  const { stdout, wallMs } = await place.run('inference-pipeline', down === true ? 3 : 0)
  const { forecasts } = JSON.parse(stdout) as { forecasts: [{ new: boolean; cachedModel?: unknown }] }
  const [forecast] = forecasts
  if (forecast.new || (forecast.cachedModel !== undefined) !== (down === true)) {
    throw new Error(`${name} gave another forecast: ${stdout}`)
  }
  return wallMs
}

/** A folder with a configuration, a store and a model. */
class Place {
  readonly #dir = mkdtempSync(join(tmpdir(), 'airq-bench-cold-'))
  readonly #state = join(this.#dir, 'state')
  readonly cache = join(this.#state, 'model-cache')

  constructor() {
    writeFileSync(join(this.#dir, '.env'), `COMET_API_KEY=${COMET_KEY}\n`)
  }

  configure(registry: string): void {
    writeFileSync(join(this.#dir, 'config.yaml'), `${CONFIG}modelRegistry: ${registry}\n`)
  }

  async run(bin: Bin, exitCode: number) {
    const args = [join(this.#dir, 'config.yaml'), '--state', this.#state, '--now', NOW, '--json']
    const done = await runBin(bin, [...args, '--log-level', 'silent'])
    if (done.exitCode === exitCode) return done
    throw new Error(`${bin} ended with ${String(done.exitCode)}: ${done.stdout}`)
  }

  /** The forecast is in the ledger afterwards, so that no timed run writes it. */
  async train(): Promise<void> {
    this.configure('{ kind: local }')
    await this.run('batch-feature-pipeline', 0)
    await this.run('training-pipeline', 0)
    await this.run('inference-pipeline', 0)
  }

  copyModels(target: string, comet: string): void {
    const bin = join(ROOT, 'packages/model-registry/src/bin/airq-registry.ts')
    const args = ['--conditions=@airq/source', bin, 'copy', join(this.#state, 'model-registry'), target]
    const env = { ...process.env, COMET_API_KEY: COMET_KEY, COMET_URL_OVERRIDE: comet }
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env })
    if (status !== 0) throw new Error(`the models were not copied to ${target}: ${stderr}`)
  }

  remove(): void {
    rmSync(this.#dir, { recursive: true })
  }
}

interface DeadServer extends AsyncDisposable {
  readonly baseUrl: string
  readonly connections: () => number
}

/** Closes every connection at once. */
async function deadServer(): Promise<DeadServer> {
  let connections = 0
  const server = createServer((socket) => {
    connections += 1
    socket.destroy()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    baseUrl: `http://127.0.0.1:${String(port)}`,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      server.close()
      await once(server, 'close')
    },
  }
}

/** Runs a server in a process of its own; `undefined` where it ends without an address, and why is told. */
export async function withServer<T>(
  args: readonly string[],
  use: (baseUrl: string | undefined) => Promise<T>,
): Promise<T> {
  const child = spawn(process.execPath, ['--conditions=@airq/source', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'close')
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.startsWith('{')) return await use((JSON.parse(line) as { baseUrl: string }).baseUrl)
      console.log(line)
    }
    return await use(undefined)
  } finally {
    child.kill('SIGTERM')
    await ended
  }
}
