import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'

// Lays a built app out as the image has it: node lay-out.mts APP ROOT (a step of the Dockerfile).
const [app = '', root = ''] = process.argv.slice(2)
const manifest = JSON.parse(readFileSync(join(app, 'package.json'), 'utf8')) as {
  name: string
  version: string
  license: string
  bin: Record<string, string>
}

const code = join(root, 'app')
const commands = join(root, 'usr', 'local', 'bin')
mkdirSync(commands, { recursive: true })
cpSync(join(app, 'dist'), code, { recursive: true })
for (const file of readdirSync(code)) chmodSync(join(code, file), 0o644)
cpSync('LICENSE', join(code, 'LICENSE'))
const { name, version, license } = manifest
writeFileSync(join(code, 'package.json'), `${JSON.stringify({ name, version, license, type: 'module' })}\n`)

for (const [command, path] of Object.entries(manifest.bin)) {
  const file = join(code, basename(path))
  // The kernel starts Node itself: the minimal image has no `env`.
  const text = readFileSync(file, 'utf8').replace(/^#!.*/, '#!/usr/local/bin/node')
  writeFileSync(file, text)
  chmodSync(file, 0o755)
  symlinkSync(`/app/${basename(path)}`, join(commands, command))
}
