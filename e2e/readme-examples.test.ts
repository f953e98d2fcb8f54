import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endpointsBehind } from '@airq/aqi-client/open-meteo'
import { startFakeOpenMeteo, startFakeWaqi } from '@airq/aqi-client/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROOT } from '../scripts/built-apps.mts'
import { runCommand } from './support/command.ts'
import { holdsInOrder, promisedOutput, readmeBlocks } from './support/readme-blocks.ts'

const BLOCKS = readmeBlocks()
/** Nothing listens here: what does not stay on loopback fails. */
const NOWHERE = 'http://127.0.0.1:9'
const OFFLINE = { HTTPS_PROXY: NOWHERE, HTTP_PROXY: NOWHERE, ALL_PROXY: NOWHERE, NO_PROXY: '' }

let folder: string
const fakes = new AsyncDisposableStack()
let replacements: readonly (readonly [string, string])[]

beforeAll(async () => {
  const waqi = fakes.use(await startFakeWaqi())
  const openMeteo = fakes.use(await startFakeOpenMeteo({ seed: 1, clock: Date }))
  const endpoints = JSON.stringify(endpointsBehind(openMeteo.baseUrl))
  replacements = [
    ['https://api.waqi.info', waqi.baseUrl],
    ['createOpenMeteoClient()', `createOpenMeteoClient(${endpoints})`],
  ]
  folder = await project()
})
afterAll(async () => {
  await fakes.disposeAsync()
  await rm(folder, { recursive: true, force: true })
})

/** A project that has all packages installed, with every block as a file. */
async function project(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'airq-readme-'))
  await mkdir(join(dir, 'node_modules', '@airq'), { recursive: true })
  for (const name of await readdir(join(ROOT, 'packages'))) {
    await symlink(join(ROOT, 'packages', name), join(dir, 'node_modules', '@airq', name), 'junction')
  }
  await symlink(join(ROOT, 'node_modules', '@types'), join(dir, 'node_modules', '@types'), 'junction')
  const settings = { extends: join(ROOT, 'tsconfig.base.json'), include: ['*.ts'] }
  await writeFile(join(dir, 'tsconfig.json'), JSON.stringify(settings))
  await writeFile(join(dir, 'package.json'), JSON.stringify({ type: 'module' }))
  for (const { name, code } of BLOCKS) await writeFile(join(dir, name), onLoopback(code))
  return dir
}

/** The code with remote hosts replaced by the fakes. */
function onLoopback(code: string): string {
  return replacements.reduce((text, [from, to]) => text.replaceAll(from, to), code)
}

test('every package shows an example', async () => {
  const shown = new Set(BLOCKS.map(({ where }) => where.split('/')[0]))
  expect([...shown]).toEqual((await readdir(join(ROOT, 'packages'))).toSorted())
})

test('the examples pass the strict type check', async () => {
  const { stdout } = await runCommand('tsc', ['-p', folder, '--pretty', 'false'], { cwd: folder })
  // The packages' sources, which they import, are checked by the type check of each package.
  expect(stdout.split('\n').filter((line) => BLOCKS.some(({ name }) => line.startsWith(name)))).toEqual([])
})

test.each(BLOCKS.filter(({ isImported }) => !isImported))('$where runs', async ({ name, code }) => {
  const isCommand = code.includes('process.argv')
  const args = ['--conditions=@airq/source', name, ...(isCommand ? ['--help'] : [])]
  const {
    code: exitCode,
    stdout,
    stderr,
  } = await runCommand(process.execPath, args, { cwd: folder, env: OFFLINE })
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(stdout).not.toBe('')
  expect(promisedOutput(code)).toSatisfy((words: string[]) => holdsInOrder(stdout, words), stdout)
})
