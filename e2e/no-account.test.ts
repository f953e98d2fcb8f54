import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { listenOnLoopback } from '@airq/http/testing'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { ROOT } from '../scripts/built-apps.mts'
import { type Workplace, workplace } from './support/bins.ts'
import { outputOf, runCommand } from './support/command.ts'
import { fakeGitHub } from './support/github.ts'
import { rowsOf } from './support/store.ts'

const CONFIG = `
stations:
  - { id: vienna, name: Vienna, timeZone: Europe/Vienna, source: { kind: simulator, seed: 5, years: 1 } }
weather: { kind: none }
training: { candidates: [ridge], testDays: 60 }
`
const ME = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com']
const outside = { GITHUB_REPOSITORY: '', GITHUB_OUTPUT: '', GITHUB_STEP_SUMMARY: '', STATE: '.airq' }

/** The commands of the workflow, after its preparation, as they stand there. */
const { jobs } = parse(readFileSync(join(ROOT, '.github', 'workflows', 'no-account.yml'), 'utf8')) as {
  jobs: { cycle: { steps: { if?: string; run?: string }[] } }
}
const commands = jobs.cycle.steps.flatMap(({ if: condition = '', run }) =>
  run === undefined ? [] : [{ condition, command: run }],
)

/** The page that stands on GitHub Pages, and the API that tells where. */
async function pages() {
  const published = { feed: '' }
  const site = await listenOnLoopback((request, response): Promise<void> => {
    response.statusCode = request.url === '/airq/forecast.json' && published.feed !== '' ? 200 : 404
    response.end(published.feed)
    return Promise.resolve()
  })
  const github = await fakeGitHub({
    '': () => ({ private: true, has_pages: true }),
    '/pages': () => ({ html_url: `${site.baseUrl}/airq/` }),
  })
  return {
    ...{ published, env: github.env },
    [Symbol.asyncDispose]: async () => {
      await github[Symbol.asyncDispose]()
      await site.close()
    },
  }
}

/** A fresh clone on a fresh machine, through the whole workflow. */
async function cycle(place: Workplace, remote: string, name: string, env: Readonly<Record<string, string>>) {
  const clone = join(place.dir, name)
  await outputOf('git', ['clone', '--quiet', remote, clone], { cwd: place.dir })
  const page = join(place.dir, `${name}.md`)
  let found = ''
  for (const { condition, command } of commands) {
    const wanted = /outputs\.found == '(\w+)'/.exec(condition)?.[1]
    if (wanted !== undefined && wanted !== found) continue
    const [, , , script = '', ...args] = command.split(' ')
    const words = args.map((word) => word.replace('"$STATE"', outside.STATE))
    const { code, stdout, stderr } = await runCommand(
      process.execPath,
      ['--conditions=@airq/source', join(ROOT, 'scripts', `${script}.mts`), ...words],
      { cwd: clone, env: { ...outside, ...env, GITHUB_STEP_SUMMARY: page } },
    )
    expect(code, `${command}\n${stdout}${stderr}`).toBe(0)
    found = /^found=(\w+)$/m.exec(stdout)?.[1] ?? found
  }
  const ran = [...readFileSync(page, 'utf8').matchAll(/^- .*?(feature|training|inference)-pipeline/gm)]
  const feed = readFileSync(join(clone, 'site', 'forecast.json'), 'utf8')
  return { state: join(clone, '.airq'), ran: ran.map(([, pipeline]) => pipeline), found, feed }
}

test('the workflow without Azure: the first run trains and forecasts, the next goes on from its state and page', async () => {
  await using place = await workplace(CONFIG)
  await using there = await pages()
  expect(commands).toHaveLength(8)
  const [remote, seed] = [join(place.dir, 'remote.git'), join(place.dir, 'seed')]
  await outputOf('git', ['init', '--quiet', '--bare', '--initial-branch=main', remote], { cwd: place.dir })
  await outputOf('git', ['clone', '--quiet', remote, seed], { cwd: place.dir })
  writeFileSync(join(seed, 'config.yaml'), CONFIG)
  for (const args of [
    ['add', '.'],
    ['commit', '--quiet', '-m', 'config'],
    ['push', '--quiet'],
  ]) {
    await outputOf('git', [...ME, ...args], { cwd: seed })
  }

  const first = await cycle(place, remote, 'first', there.env)
  expect(first.ran).toEqual(['feature', 'training', 'inference'])
  const [issued] = rowsOf(first.state, 'aqi_forecasts_v1')
  expect(issued).toMatchObject({ station: 'vienna', fallback: 0 })
  expect([first.found, JSON.parse(first.feed).ledger.rows]).toEqual(['false', 1])

  there.published.feed = first.feed
  const second = await cycle(place, remote, 'second', there.env)
  expect(second.ran, 'trained just now').toEqual(['feature', 'inference'])
  expect(rowsOf(second.state, 'aqi_forecasts_v1')).toContainEqual(issued)
  expect(second.found, 'held against the feed as published').toBe('true')
})

test('tag-releases tags each package once its version is made, and pushes the tags', async () => {
  await using place = await workplace()
  const [remote, clone] = [join(place.dir, 'remote.git'), join(place.dir, 'clone')]
  const git = (...args: string[]) => outputOf('git', [...ME, ...args], { cwd: clone })
  await outputOf('git', ['init', '--quiet', '--bare', '--initial-branch=main', remote], { cwd: place.dir })
  await outputOf('git', ['clone', '--quiet', remote, clone], { cwd: place.dir })
  for (const name of ['one', 'two']) {
    mkdirSync(join(clone, 'packages', name), { recursive: true })
    const manifest = { name: `@airq/${name}`, version: '0.0.0', private: true }
    writeFileSync(join(clone, 'packages', name, 'package.json'), JSON.stringify(manifest))
  }
  writeFileSync(
    join(clone, 'package.json'),
    JSON.stringify({ name: 'root', private: true, packageManager: 'pnpm@12.21.0' }),
  )
  writeFileSync(join(clone, 'pnpm-workspace.yaml'), 'packages: [packages/*]\n')
  const config = JSON.parse(readFileSync(join(ROOT, '.changeset', 'config.json'), 'utf8')) as object
  mkdirSync(join(clone, '.changeset'))
  // No formatter: it would be started by pnpm, which may put node_modules in order first, and these are ours.
  writeFileSync(join(clone, '.changeset', 'config.json'), JSON.stringify({ ...config, format: false }))
  writeFileSync(join(clone, '.changeset', 'a.md'), `---\n'@airq/one': minor\n---\n\nA change.\n`)
  writeFileSync(join(clone, '.gitignore'), 'node_modules\n')
  symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'))
  await git('add', '.')
  await git('commit', '--quiet', '-m', 'a change')
  await git('push', '--quiet')
  // As on a runner: git knows nobody.
  const env = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' }
  const tag = () =>
    runCommand(process.execPath, [join(ROOT, 'scripts', 'tag-releases.mts')], { cwd: clone, env })
  const tags = async () =>
    (await outputOf('git', ['tag'], { cwd: remote })).trim().split('\n').filter(Boolean)

  expect((await tag()).stdout).toContain('1 changes wait for their version')
  expect(await tags()).toEqual([])
  await outputOf('changeset', ['version'], { cwd: clone })
  await git('add', '.')
  await git('commit', '--quiet', '-m', 'versions')
  const done = await tag()
  expect(done.code, done.stdout + done.stderr).toBe(0)
  expect(await tags()).toEqual(['@airq/one@0.1.0', '@airq/two@0.0.0'])
  expect((await tag()).code, 'again: nothing is new').toBe(0)
})
