import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Bin, BINS, binPath, ROOT } from '../scripts/built-apps.mts'
import { type Workplace, workplace } from './support/bins.ts'
import { runCommand } from './support/command.ts'
import { history } from './support/histories.ts'
import { commandsIn } from './support/processes.ts'

/** Commands of packages, by the sources they are made of, and whether they run until they are stopped. */
const OTHERS = {
  'airq-store': 'feature-store/src/bin/airq-store.ts',
  'airq-registry': 'model-registry/src/bin/airq-registry.ts',
}
const FAKES = {
  'airq-fake-sources': 'aqi-client/src/testing/bin/airq-fake-sources.ts',
  'airq-fake-hopsworks': 'feature-store/src/testing/bin/airq-fake-hopsworks.ts',
  'airq-fake-azure': 'job-runner/src/testing/bin/airq-fake-azure.ts',
  'airq-fake-comet': 'model-registry/src/testing/bin/airq-fake-comet.ts',
  'airq-fake-mlflow': 'model-registry/src/testing/bin/airq-fake-mlflow.ts',
}
const SOURCES: Readonly<Record<string, string>> = { ...OTHERS, ...FAKES }
const APPS = Object.keys(BINS) as Bin[]
const ALL = [...APPS, ...Object.keys(SOURCES)]

const nodeArgs = (bin: string): string[] => {
  const source = SOURCES[bin]
  return source === undefined
    ? [binPath(bin as Bin)]
    : ['--conditions=@airq/source', join(ROOT, 'packages', source)]
}

async function helpOf(bin: string): Promise<string> {
  const { code, stdout, stderr } = await runCommand(process.execPath, [...nodeArgs(bin), '--help'], {
    cwd: ROOT,
  })
  expect([code, stderr]).toEqual([0, ''])
  return stdout
}

const examplesIn = (help: string): string[] =>
  [...help.matchAll(/^ {2}\$ (.+)$/gm)].map(([, line = '']) => line)

describe('--help', () => {
  test.each(ALL)('%s', async (bin) => {
    const help = await helpOf(bin)
    expect(help.split('\n').filter((line) => line.length > 80)).toEqual([])
    expect(help).toMatch(new RegExp(`^Usage: ${bin} `))

    const about = help.split('\n\n')[1] ?? ''
    expect(about).toMatch(/^[A-Z][^]*\.$/)
    // One sentence; a fake says how it is stopped, too.
    if (!bin.startsWith('airq-fake-')) expect(about.replaceAll(/aqicn\.org/g, '')).not.toMatch(/\.\s/)

    const [, table = ''] = /\nOptions:\n([^]+?)\n\n/.exec(help) ?? []
    const starts = [...table.matchAll(/^( {2}-\S.*? {2,})\S/gm)].map(([, before = '']) => before.length)
    expect(starts.length).toBeGreaterThan(0)
    expect(new Set(starts).size, 'where descriptions begin').toBe(1)

    const examples = examplesIn(help)
    expect(examples.length).toBeGreaterThanOrEqual(2)
    for (const example of examples) expect(example).toMatch(new RegExp(`^${bin}(?: |$)`))
    expect(help).toMatch(/^Exit codes:\n {2}0 .+ 2 wrong input/m)
    expect(help).toMatch(/^Secrets:\n {2}\S/m)
    const [, page = ''] = /^More: (\S+\.md)$/m.exec(help) ?? []
    expect(existsSync(join(ROOT, page)), page).toBe(true)
  })

  test.each(Object.keys(OTHERS))('of the commands of %s', async (bin) => {
    const [, commands = ''] = /\nCommands:\n([^]+?)\n\n/.exec(await helpOf(bin)) ?? []
    for (const [, command = ''] of commands.matchAll(/^ {2}(\w+) \[options\]/gm)) {
      const done = await runCommand(process.execPath, [...nodeArgs(bin), command, '--help'], { cwd: ROOT })
      expect(done.stdout).toMatch(new RegExp(`^Usage: ${bin} ${command} `))
      expect(done.stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
    }
  })
})

const CONFIG = `
stations:
  - { id: beijing, name: Beijing, timeZone: Asia/Shanghai, source: { kind: aqicn-csv } }
  - { id: vienna, name: Vienna, timeZone: Europe/Vienna, source: { kind: simulator, seed: 5, years: 2 } }
weather: { kind: none }
training: { candidates: [ridge], testDays: 60 }
`
const KEPT = 'kept/forecast-2026-01-05.json'
/** They need an account, or are a matter of minutes. */
const NOT_RUN = /^deploy-environment |--trials 100$/

describe('the examples', () => {
  let place: Workplace
  let path: string

  /** As typed, in a folder that has what the examples name. */
  const typed = (line: string) =>
    runCommand('sh', ['-c', line], {
      cwd: place.dir,
      env: { PATH: `${path}:${process.env['PATH'] ?? ''}`, AIRQ_CONFIG_BASE64: '' },
    })
  const succeeds = async (line: string) => {
    const { code, stdout, stderr } = await typed(line)
    expect(code, `${line}\n${stdout}${stderr}`).toBe(0)
  }

  /** The feed that the example before has written, as of an earlier day. */
  const keepFeed = async () => {
    await mkdir(join(place.dir, 'kept'))
    await cp(join(place.dir, 'site', 'forecast.json'), join(place.dir, KEPT))
  }

  beforeAll(async () => {
    place = await workplace(CONFIG)
    path = await commandsIn(join(place.dir, 'bin'))
    for (const [bin] of Object.entries(OTHERS)) {
      const words = [process.execPath, ...nodeArgs(bin)].map((word) => `'${word}'`)
      await writeFile(join(path, bin), `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`)
      await chmod(join(path, bin), 0o755)
    }
    const yesterday = new Date(Date.now() + 8 * 3_600_000 - 86_400_000).toISOString().slice(0, 10)
    const download = history('west', 2, yesterday)
    for (const file of ['beijing-air-quality.csv', 'download.csv', 'beijing.csv', 'shanghai.csv']) {
      await place.file(file, download)
    }
    await place.file('token.txt', 'invented-token\n')
    await succeeds('batch-feature-pipeline config.yaml --csv beijing.csv --download-zone west')
    await succeeds('batch-feature-pipeline config.yaml')
    await succeeds('training-pipeline config.yaml')
    await succeeds('inference-pipeline config.yaml')
  }, 120_000)
  afterAll(() => place[Symbol.asyncDispose]())

  test.each([...APPS, ...Object.keys(OTHERS)])(
    '%s: work',
    async (bin) => {
      for (const example of examplesIn(await helpOf(bin)).filter((line) => !NOT_RUN.test(line))) {
        if (example.includes(KEPT)) await keepFeed()
        const { code, stdout, stderr } = await typed(example)
        // These two say by 3 that they have found something.
        const fine = bin === 'airq-watch' || bin === 'airq-doctor' ? [0, 3] : [0]
        expect(fine, `${example}\n${stdout}${stderr}`).toContain(code)
      }
    },
    180_000,
  )
})

test.each(Object.keys(FAKES))('%s: the examples start it', async (bin) => {
  for (const example of examplesIn(await helpOf(bin))) {
    const words = [process.execPath, ...nodeArgs(bin), ...example.split(' ').slice(1)]
    // Stopped once it has told where it is.
    const script = `"$@" & pid=$!; while ! grep -q '}' told; do sleep 0.1; done; kill $pid; wait $pid`
    await using folder = await workplace()
    await writeFile(join(folder.dir, 'told'), '')
    const { code, stderr } = await runCommand('sh', ['-c', `exec >told; ${script}`, 'sh', ...words], {
      cwd: folder.dir,
    })
    expect([code, stderr]).toEqual([0, ''])
  }
})
