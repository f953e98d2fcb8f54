import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROOT } from '../scripts/built-apps.mts'
import { outputOf, runCommand } from './support/command.ts'
import { fakeGitHub } from './support/github.ts'

const ALL = ['feature-app', 'training-app', 'inference-app']
const ME = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com']

let clone = ''
let base = ''
const git = (...args: string[]) => outputOf('git', [...ME, ...args], { cwd: clone })

beforeAll(async () => {
  clone = await mkdtemp(join(tmpdir(), 'airq-clone-'))
  const listed = await outputOf('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: ROOT,
  })
  const needed = /^(apps|packages|docker)\/|^[^/]+$/
  for (const file of listed.split('\0').filter((path) => needed.test(path))) {
    mkdirSync(dirname(join(clone, file)), { recursive: true })
    // A file that is being moved by its owner may be gone.
    cpSync(join(ROOT, file), join(clone, file), { force: true })
  }
  await git('init', '--quiet', '--initial-branch=main')
  await git('add', '--all')
  await git('commit', '--quiet', '--message', 'base')
  base = (await git('rev-parse', 'HEAD')).trim()
})
afterAll(() => rm(clone, { recursive: true, force: true }))

async function changed(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const script = join(ROOT, 'scripts', 'changed-apps.mts')
  const done = await runCommand(process.execPath, [script, ...args], {
    cwd: clone,
    env: { GITHUB_OUTPUT: '', GITHUB_REPOSITORY: 'Me/AirQ', ...env },
  })
  expect(done.code, done.stderr).toBe(0)
  const apps = JSON.parse(/^apps=(.*)$/m.exec(done.stdout)?.[1] ?? '') as string[]
  return { apps, stdout: done.stdout }
}

/** What a commit on top of the base changes. */
async function after(edits: Readonly<Record<string, (text: string) => string>>): Promise<string[]> {
  await git('reset', '--quiet', '--hard', base)
  for (const [file, edit] of Object.entries(edits)) {
    const path = join(clone, file)
    writeFileSync(path, edit(readFileSync(path, 'utf8')))
  }
  await git('commit', '--quiet', '--all', '--message', 'a change')
  return (await changed(['--base', base])).apps
}
const append = (text: string) => `${text}\n// a change\n`

test('nothing changed, or nothing of an image', async () => {
  expect((await changed(['--base', base])).apps).toEqual([])
  const tests = { 'packages/model/test/types.test.ts': append, 'README.md': append }
  expect(await after({ ...tests, 'apps/feature-app/README.md': append })).toEqual([])
})

test('an app, a package it is made of, what all are made with', async () => {
  expect(await after({ 'apps/feature-app/src/main.ts': append })).toEqual(['feature-app'])
  expect(await after({ 'packages/aqi-client/src/index.ts': append })).toEqual(ALL)
  expect(await after({ 'docker/Dockerfile': (text) => `${text}# a change\n` })).toEqual(ALL)
  expect(await after({ 'apps/jobs-app/src/main.ts': append })).toEqual([])
})

test('a dependency of one app, and the package manager', async () => {
  const dependency = (text: string) =>
    text.replace('"dependencies": {', '"dependencies": { "left-pad": "1.3.0",')
  expect(await after({ 'apps/training-app/package.json': dependency })).toEqual(['training-app'])
  const manager = (text: string) =>
    text.replace(/"packageManager": "pnpm@[\d.]+"/, '"packageManager": "pnpm@12.99.0"')
  expect(await after({ 'package.json': manager })).toEqual(ALL)
  expect(await after({ 'package.json': (text) => text.replace('"demo":', '"demo-2":') })).toEqual([])
})

test('leaves no worktree behind', async () => {
  expect((await git('worktree', 'list')).trim().split('\n')).toHaveLength(1)
})

test('without the base commit, or without a base, every app', async () => {
  const missing = await changed(['--base', 'f'.repeat(40)])
  expect([missing.apps, missing.stdout]).toEqual([ALL, expect.stringContaining('::warning title=no-base::')])
  const all = await changed(['--all'])
  expect([all.apps, all.stdout]).toEqual([ALL, expect.stringMatching(/^images=ghcr\.io\/me\/airq$/m)])
})

test('since what GitHub knows to be deployed', async () => {
  await after({ 'apps/inference-app/src/main.ts': append })
  const runs = { '/actions/workflows/deploy.yml/runs': () => ({ workflow_runs: [{ head_sha: base }] }) }
  await using github = await fakeGitHub(runs)
  expect((await changed(['--deployed', 'deploy.yml'], github.env)).apps).toEqual(['inference-app'])
  await using first = await fakeGitHub({
    '/actions/workflows/deploy.yml/runs': () => ({ workflow_runs: [] }),
  })
  expect((await changed(['--deployed', 'deploy.yml'], first.env)).apps).toEqual(ALL)
})
