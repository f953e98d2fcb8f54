import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

// Tags each package at its version, NAME@VERSION, and pushes the tags that are new. Nothing while changes wait for
// their version (.changeset/*.md).

const waiting = readdirSync(join(process.cwd(), '.changeset')).filter((file) => file.endsWith('.md'))
if (waiting.length > 0) {
  process.stdout.write(`${String(waiting.length)} changes wait for their version: nothing is tagged\n`)
} else {
  run('changeset', 'tag')
  run('git', 'push', 'origin', '--tags')
}

function run(command: string, ...args: readonly string[]): void {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed${error ? `: ${error.message}` : ''}`)
}
