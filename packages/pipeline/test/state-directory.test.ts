import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ensureStateDirectory } from '../src/run/state-directory.ts'

const SOURCE = join(import.meta.dirname, '../src/run/state-directory.ts')
const place = () => mkdtempSync(join(tmpdir(), 'airq-state-'))

const UNSHARE = 'unshare'
/** A mount namespace of one's own: what is mounted there is nowhere else. */
const canMount = spawnSync(UNSHARE, ['--mount', 'true']).status === 0

test.skipIf(!canMount)('on a read-only file system it says so, and what to do', () => {
  const dir = place()
  const script = `
    const { checkStateDirectory, ensureStateDirectory } = await import(${JSON.stringify(SOURCE)})
    for (const how of [ensureStateDirectory, checkStateDirectory])
      await how(process.argv[1] + '/deep/.airq').catch(({ message, hint }) => console.log(message + '\\n' + hint))`
  const shell = `mount -t tmpfs -o ro none "$1" && exec "$2" --conditions=@airq/source --input-type=module -e "$3" "$1"`
  const said = execFileSync(UNSHARE, ['--mount', 'sh', '-c', shell, 'sh', dir, process.execPath, script], {
    encoding: 'utf8',
  })
  const [message, hint, ...same] = said.trimEnd().split('\n')
  expect(message).toBe(
    `the state directory ${dir}/deep/.airq cannot be used: ${dir}: the file system is read-only`,
  )
  expect(hint).toContain('--state /state')
  expect(same).toEqual([message, hint])
})

test('below a file it names the file', async () => {
  const file = join(place(), 'occupied')
  writeFileSync(file, '')
  await expect(ensureStateDirectory(join(file, 'state'))).rejects.toMatchObject({
    code: 'state-unwritable',
    message: `the state directory ${file}/state cannot be used: ${file}: it is not a directory`,
    where: file,
  })
})
