import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { GIT_IDENTITY } from './actions/git-identity.mts'

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
  // changeset says nothing where git refuses a tag for want of a name.
  const env = { ...process.env, ...GIT_IDENTITY }
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', env })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed${error ? `: ${error.message}` : ''}`)
}
