import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { parseConfig } from '../packages/pipeline/src/config/index.ts'
import { binPath, isBin, ROOT } from '../scripts/built-apps.mts'
import { commandsOf, type DocsBlock, docsBlocks, skeletonOf } from './support/docs-blocks.ts'
import {
  BEFORE,
  NOT_RUN,
  PREAMBLES,
  PRINTED_ELSEWHERE,
  SERVERS,
  STAND_INS,
  TREES,
} from './support/docs-rules.ts'
import { nodeArguments } from './support/docs-shell.ts'
import { linkPackages, makeRepository, prepareWorld, type Session, type World } from './support/docs-world.ts'
import { readmeBlocks } from './support/readme-blocks.ts'

// Every block of the documentation is run, parsed or, for a reason that docs-rules.ts gives, only checked.

const BLOCKS = docsBlocks()
const CRON = /^(?:[\d*,/-]+\s+){5}cd \/path\/to\/airq && (.*)$/
const used = new Set<unknown>()

type Kind =
  | 'commands'
  | 'cron'
  | 'command'
  | 'dotenv'
  | 'printed'
  | 'tree'
  | 'config'
  | 'sensor'
  | 'mermaid'
  | 'dockerfile'
  | 'ts'
  | 'json'

function kindOf({ language, code }: DocsBlock): Kind | undefined {
  if (language === 'sh') return /^[A-Z_]+=\S+\n$/.test(code) ? 'dotenv' : 'commands'
  if (language === 'yaml') return code.startsWith('rest:') ? 'sensor' : 'config'
  if (language === 'mermaid' || language === 'dockerfile') return language
  if (language === 'ts' || language === 'json') return language
  if (language !== '') return undefined
  if (
    code
      .split('\n')
      .slice(0, -1)
      .every((line) => CRON.test(line))
  )
    return 'cron'
  if (isBin(code.split(' ')[0] ?? '')) return 'command'
  if (Object.keys(TREES).some((start) => code.startsWith(start))) return 'tree'
  return 'printed'
}
const of = (kind: Kind) => BLOCKS.filter((block) => kindOf(block) === kind)
const rule = <T>(found: T | undefined): T | undefined => {
  if (found !== undefined) used.add(found)
  return found
}
const withoutComment = (line: string) => line.replace(/\s+#\s.*$/, '')
const notRun = (line: string) => rule(NOT_RUN.find(({ command }) => command.test(withoutComment(line))))
const withStandIns = (line: string) =>
  STAND_INS.reduce((text, pair) => {
    if (text.includes(pair[0])) used.add(pair)
    return text.replaceAll(...pair)
  }, line)

test('every block is of a kind that is tried', () => {
  expect(BLOCKS.filter((block) => kindOf(block) === undefined).map(({ where }) => where)).toEqual([])
  expect(BLOCKS.length).toBeGreaterThan(90)
})

describe('commands', () => {
  let world: World
  beforeAll(async () => {
    world = await prepareWorld()
  }, 120_000)
  afterAll(() => world[Symbol.asyncDispose]())

  const pages = Map.groupBy(
    BLOCKS.filter((block) => ['commands', 'printed'].includes(kindOf(block) ?? '')),
    ({ file }) => file,
  )

  test.each(of('ts').filter(({ file }) => file.startsWith('docs/')))(
    '$where runs',
    async ({ file, code }) => {
      await using session = await world.session()
      await linkPackages(session)
      if (file.includes('mlflow')) {
        const { baseUrl } = JSON.parse(await session.start('airq-fake-mlflow --port 0')) as {
          baseUrl: string
        }
        session.export(`export MLFLOW_TRACKING_URI=${baseUrl}`)
      }
      const preamble = rule(PREAMBLES[file])
      await writeFile(join(session.dir, 'example.ts'), `${preamble ?? ''}${withStandIns(code)}`)
      const done = await session.run(`'${process.execPath}' --conditions=@airq/source example.ts`)
      expect(done.code, done.stdout + done.stderr).toBe(0)
    },
    60_000,
  )

  test.each([...pages])(
    '%s: its commands run in their order, and print what it says',
    async (file, blocks) => {
      await using session = await world.session()
      if (blocks.some(({ code }) => code.includes('state-branch restore'))) await makeRepository(session)
      for (const line of BEFORE[file] ?? []) await session.run(line)
      used.add(BEFORE[file])
      for (const block of blocks) {
        if (kindOf(block) === 'printed') expectPrinted(block, session)
        else for (const line of commandsOf(block.code)) await runLine(line, block, session)
      }
    },
    180_000,
  )
})

async function runLine(line: string, { where, code }: DocsBlock, session: Session): Promise<void> {
  if (notRun(line) !== undefined) {
    expect(spawnSync('bash', ['-n'], { input: code, encoding: 'utf8' }).stderr, where).toBe('')
    checkNames(line, where)
  } else if (/^export /.test(line)) {
    session.export(withStandIns(line))
  } else if (SERVERS.test(line)) {
    const said = JSON.parse(await session.start(withStandIns(line).replace(/ &$/, ''))) as {
      baseUrl?: string
    }
    if (line.includes('airq-fake-comet')) session.export(`COMET_URL_OVERRIDE=${said.baseUrl ?? ''}`)
  } else {
    const done = await session.run(withStandIns(line))
    // Without a history or with an old one a forecast is a plain rule.
    const good = /inference-pipeline|feature-pipeline|run-all|report|airq-watch/.test(line) ? [0, 3] : [0]
    expect(good, `${where}: ${line}\n${done.stdout}${done.stderr}`).toContain(done.code)
  }
}

/** Scripts, files and options that a command names are there. */
function checkNames(line: string, where: string): void {
  const words = withoutComment(line).split(/\s+/)
  if (words[0] === 'npx') nodeArguments(words)
  for (const path of words.filter((word) => /^(bench|docker|scripts|packages)\//.test(word))) {
    expect(existsSync(join(ROOT, path)), `${where}: ${path}`).toBe(true)
  }
  const app = /APP=(\S+)/.exec(line)?.[1]
  if (app !== undefined) expect(existsSync(join(ROOT, 'apps', app)), `${where}: ${app}`).toBe(true)
  const bin = words.find(isBin)
  if (bin !== undefined) expectOptions(bin, words, where)
}

const helps = new Map<string, string>()
function expectOptions(bin: Parameters<typeof binPath>[0], words: readonly string[], where: string): void {
  const help =
    helps.get(bin) ?? spawnSync(process.execPath, [binPath(bin), '--help'], { encoding: 'utf8' }).stdout
  helps.set(bin, help)
  const options = words.slice(words.indexOf(bin)).filter((word) => /^--[a-z]/.test(word))
  for (const option of options) expect(help, `${where}: ${bin}`).toMatch(new RegExp(`${option}\\b`))
}

const unmarked = (text: string) => text.replaceAll('[simulated]', '').trim()

/** Every line of the block was printed on this page, but for figures and classes. */
function expectPrinted({ where, code }: DocsBlock, { printed }: Session): void {
  const elsewhere = Object.keys(PRINTED_ELSEWHERE).find((start) => code.includes(start))
  if (elsewhere !== undefined) {
    used.add(elsewhere)
    return
  }
  // Lines are broken by the width of the terminal, here and there.
  const text = skeletonOf(unmarked(printed))
  const missing = unmarked(code)
    .split('\n')
    .filter((line) => !text.includes(skeletonOf(line)))
  expect(missing, `${where}, of\n${printed}`).toEqual([])
}

test.each(of('cron'))('$where: times, and options that there are', ({ code, where }) => {
  for (const line of code.trimEnd().split('\n')) {
    const words = CRON.exec(line)?.[1]?.split(/\s+/) ?? []
    const args = nodeArguments(words)
    expect(args, line).toBeDefined()
    const bin = words.find(isBin)
    expect(bin, line).toBeDefined()
    if (bin !== undefined) expectOptions(bin, words, where)
  }
})

test.each(of('command'))('$where: options that there are', ({ code, where }) => {
  const words = code.trim().split(/\s+/)
  const [bin = ''] = words
  if (isBin(bin)) expectOptions(bin, words, where)
})

test.each(of('dotenv'))('$where: a secret that is read from there', ({ code }) => {
  const table = readFileSync(join(ROOT, 'packages', 'pipeline', 'src', 'run', 'secret-table.ts'), 'utf8')
  expect(table).toContain(`'${code.split('=')[0] ?? ''}'`)
})

test.each(of('tree'))('$where: what is there', async ({ code }) => {
  const start = Object.keys(TREES).find((text) => code.startsWith(text)) ?? ''
  used.add(start)
  const names = [...code.matchAll(/^ *([\w.-]+\.(?:json|sqlite|md)|MLmodel)\b/gm)].map(
    ([, name = '']) => name,
  )
  if (start.startsWith('models/')) names.push('promotion.json')
  const sources = spawnSync('grep', ['-rhoE', names.join('|'), 'packages', 'apps', '--include=*.ts'], {
    cwd: ROOT,
    encoding: 'utf8',
  }).stdout.split('\n')
  expect(names.length).toBeGreaterThan(0)
  await Promise.resolve()
  for (const name of names) expect(sources).toContain(name)
})

describe('configuration', () => {
  const STATION =
    'stations: [{ id: a, name: A, timeZone: Asia/Shanghai, source: { kind: simulator, seed: 1 } }]\n'
  /** A block may show the same key several ways: each is tried. */
  const chunks = of('config').flatMap(({ where, code }) => {
    const parts = code.split(/^(?=\w)/m).filter((part) => part.trim() !== '')
    const keys = parts.map((part) => part.split(':')[0])
    const alternatives = new Set(keys).size < keys.length ? parts : [code]
    return alternatives.map((text, i) => ({ where: `${where}, ${String(i + 1)}`, text }))
  })

  test.each(chunks)('$where passes', ({ text, where }) => {
    expect(() => parseConfig(`${text.includes('stations:') ? '' : STATION}${text}`, where)).not.toThrow()
  })
})

test.each(of('json'))('$where is JSON', ({ code }) => {
  expect(JSON.parse(code)).toBeTypeOf('object')
})

test.each(of('sensor'))('$where is YAML; report.test.ts holds its fields against the feed', ({ code }) => {
  expect(parse(code)).toMatchObject({ rest: [{ resource: expect.stringMatching(/forecast\.json$/) }] })
})

test('the fields that jq is asked for are those of the feed', () => {
  const [filter = ''] = BLOCKS.flatMap(
    ({ code }) => /jq '\.stations\[0\]\.forecast \| \{(.*)\}'/.exec(code)?.[1] ?? [],
  )
  const schema = readFileSync(join(ROOT, 'packages', 'report', 'src', 'feed', 'schema.ts'), 'utf8')
  expect(filter.split(', ').length).toBeGreaterThan(3)
  for (const field of filter.split(', ')) expect(schema).toMatch(new RegExp(`\\b${field}\\b`))
})

test.each(of('mermaid'))('$where is a flow chart', ({ code }) => {
  const [head, ...lines] = code.trimEnd().split('\n')
  expect(head).toMatch(/^flowchart (LR|TD)$/)
  const node = /\w+(?:\[\([^\])]*\)\]|\[[^\]]*\]|\{[^}]*\})?/.source
  const edge = new RegExp(`^ *${node}(?: (?:-->|-\\.->)(?:\\|[^|]+\\|)? ${node})+$`)
  const other = /^ *(?:subgraph \w+ \[[^\]]*\]|subgraph \w+|end|classDef .*|class .*)$/
  for (const line of lines) expect(line).toMatch(new RegExp(`${edge.source}|${other.source}|^ *${node}$`))
})

test.each(of('dockerfile'))('$where: from an image of an app, a file of the root', ({ code }) => {
  const [, app = ''] = /^FROM airq\/(\S+)$/m.exec(code) ?? []
  const [, file = ''] = /^COPY (\S+) /m.exec(code) ?? []
  expect(existsSync(join(ROOT, 'apps', app, 'package.json')) && existsSync(join(ROOT, file))).toBe(true)
})

test('the TypeScript of the packages is run by readme-examples.test.ts', () => {
  const run = readmeBlocks().map(({ where }) => `packages/${where}`)
  const here = of('ts').filter(({ file }) => !file.startsWith('docs/'))
  expect(here.map(({ where }) => where).toSorted()).toEqual(run.toSorted())
})

test('no rule is left over', () => {
  const rules = [...NOT_RUN, ...STAND_INS, ...Object.values(BEFORE), ...Object.values(PREAMBLES)]
  const names = [...Object.keys(PRINTED_ELSEWHERE), ...Object.keys(TREES)]
  expect([...rules, ...names].filter((one) => !used.has(one))).toEqual([])
})
