import { accessSync, constants, readdirSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

// Compiles an app ahead of its first start: node warm-cache.mts APP CACHE (a step of the Dockerfile).
const [app = '', cache = ''] = process.argv.slice(2)

function isCommand(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

enableCompileCache(cache)
const files = readdirSync(app)
  .filter((name) => name.endsWith('.js'))
  .map((name) => join(app, name))
for (const file of files.filter((path) => !isCommand(path))) {
  // The file of a worker thread fails outside of one, compiled all the same.
  await import(file).catch(() => undefined)
}
