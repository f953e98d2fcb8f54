import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import { expect, test } from 'vitest'

/** Which packages of Azure's are loaded once `entry` is. */
function loadedBy(entry: string): string {
  const url = new URL(`../src/${entry}`, import.meta.url).href
  const script = `
    const { registerHooks } = await import('node:module')
    const loaded = []
    registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) })
    await import(${JSON.stringify(url)})
    console.log(loaded.filter((url) => url.includes('@azure') || url.includes('/node_modules/axios/')).join('\\n'))`
  const args = ['--conditions=@airq/source', '--input-type=module', '-e', script]
  return execFileSync(process.execPath, args, {
    encoding: 'utf8',
    cwd: fileURLToPath(new URL('..', import.meta.url)),
  }).trim()
}

test.each(['index.ts', 'azure-ml/index.ts', 'credential/index.ts'])(
  '%s loads neither the SDK of Azure nor axios',
  (entry) => {
    expect(loadedBy(entry)).toBe('')
  },
)
