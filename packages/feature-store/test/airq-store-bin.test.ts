import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { build, type Options } from 'tsup'
import { describe, expect, test } from 'vitest'

import { sampleGroup, sampleRow } from '../src/testing/sample-groups.ts'
import configs from '../tsup.config.ts'
import { parsedLine } from './support/command.ts'
import { finished, sourcePath, startProgram } from './support/programs.ts'
import { temporaryStore } from './support/stores.ts'
import { temporaryFolder } from './temporary.ts'

const bin = '../src/bin/airq-store.ts'

/** Those of the package's own build, for this command alone. */
function buildOptions(): Options {
  const all = Array.isArray(configs) ? configs : []
  const own = all.find(({ outDir }) => outDir === 'dist/bin')
  if (own === undefined) throw new Error('tsup.config.ts has no build of the commands')
  return { ...own, entry: { 'airq-store': sourcePath(bin) } }
}

describe('the command as a process', { timeout: 60_000 }, () => {
  test('built, it exports from one store and imports into another', async () => {
    const folder = await temporaryFolder()
    await symlink(sourcePath('../node_modules'), join(folder, 'node_modules'), 'junction')
    const outDir = join(folder, 'bin')
    await build({ ...buildOptions(), config: false, outDir, silent: true })
    const run = async (...args: string[]): Promise<Record<string, unknown>> => {
      const command = [join(outDir, 'airq-store.js'), ...args, '--json']
      const child = spawn(process.execPath, command, { stdio: ['pipe', 'pipe', 'pipe'] })
      const { code, stdout, stderr } = await finished(child)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      return parsedLine(stdout)
    }
    const { store, path } = await temporaryStore()
    await store.ensure(sampleGroup)
    await store.upsert(sampleGroup, [sampleRow(1), sampleRow(2)])
    const file = join(folder, 'rows.parquet')
    const copy = join(folder, 'copy.db')
    expect(await run('export', path, '--group', 'contract_rows', '--out', file)).toMatchObject({ rows: 2 })
    expect(await run('import', copy, file)).toMatchObject({ written: 2 })
    expect(await run('verify', copy)).toMatchObject({ groups: [{ rows: 2 }], problems: [] })
  })

  test('reads flags from the command line and exits 2 for a wrong one', async () => {
    const { code, stdout, stderr } = await finished(startProgram(bin, ['describe', '--wat']))
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^airq-store: unknown option '--wat'/)
  })

  test.skipIf(process.platform === 'win32')(
    'interrupted within an export it exits 130 and leaves no file',
    async () => {
      const { store, path } = await temporaryStore()
      await store.ensure(sampleGroup)
      await store.upsert(
        sampleGroup,
        Array.from({ length: 60_000 }, (_, slot) => sampleRow(slot)),
      )
      const out = join(dirname(path), 'rows.csv')
      const child = startProgram(bin, ['export', path, '--group', 'contract_rows', '--out', out, '--json'])
      const end = finished(child)
      const partial = `${out}.${String(child.pid)}.partial`
      while (child.exitCode === null && !existsSync(partial)) await sleep(1)
      child.kill('SIGINT')
      const { code, stdout } = await end
      expect({ code, ...parsedLine(stdout) }).toMatchObject({
        code: 130,
        ok: false,
        error: { code: 'aborted' },
      })
      expect((await readdir(dirname(path))).filter((name) => name.startsWith('rows'))).toEqual([])
    },
  )
})
