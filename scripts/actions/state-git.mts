import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GIT_IDENTITY } from './git-identity.mts'

/** A branch that holds one commit without a past, changed by compare-and-swap. */

/** Above it GitHub takes no file; it begins to warn at half of that. */
const MOST_BYTES = 95_000_000

export class StateError extends Error {
  readonly hint: string
  constructor(message: string, hint: string) {
    super(message)
    this.name = 'StateError'
    this.hint = hint
  }
}

export interface Place {
  readonly remote: string
  readonly branch: string
}

/** Path to content. */
export type Files = ReadonlyMap<string, Buffer>

function git(args: readonly string[], { input, env }: { input?: Buffer | string; env?: object } = {}) {
  const done = spawnSync('git', args, {
    ...(input === undefined ? {} : { input }),
    env: { ...process.env, GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C', ...env },
    maxBuffer: 1e9,
  })
  if (done.error !== undefined)
    throw new StateError(`git cannot be run: ${done.error.message}`, 'Install git.')
  return { status: done.status, stdout: done.stdout, stderr: done.stderr.toString() }
}

function mustGit(args: readonly string[], options?: Parameters<typeof git>[1]): Buffer {
  const { status, stdout, stderr } = git(args, options)
  if (status === 0) return stdout
  throw new StateError(`git ${args[0] ?? ''} failed: ${withoutUrls(stderr)}`, 'See what git says.')
}

/** The commit at the tip, fetched; `undefined` where there is no such branch. */
export function fetchTip({ remote, branch }: Place): string | undefined {
  const listed = mustGit(['ls-remote', '--heads', remote, `refs/heads/${branch}`])
    .toString()
    .trim()
  if (listed === '') return undefined
  const ref = `refs/airq/${branch}`
  mustGit(['fetch', '--quiet', '--no-tags', remote, `+refs/heads/${branch}:${ref}`])
  return mustGit(['rev-parse', ref]).toString().trim()
}

export function filesOf(commit: string): Files {
  const listed = mustGit(['ls-tree', '-r', '-z', commit]).toString().split('\0').filter(Boolean)
  return new Map(
    listed.map((line) => {
      const [meta = '', path = ''] = line.split('\t')
      const [mode, , blob = ''] = meta.split(' ')
      if (mode !== '100644' && mode !== '100755') {
        throw new StateError(`${path} of the branch is no plain file`, 'Somebody else writes to this branch.')
      }
      return [path, mustGit(['cat-file', 'blob', blob])]
    }),
  )
}

export type Pushed = { readonly commit: string } | 'rejected'

/**
 * Makes these files the branch, if its tip is still `expected`.
 * @throws StateError where the push failed for another reason
 */
export function pushFiles(
  { remote, branch }: Place,
  files: Files,
  message: string,
  expected: string | undefined,
): Pushed {
  const commit = commitOf(files, message)
  const target = `refs/heads/${branch}`
  const pushed = git([
    ...['push', '--quiet', '--porcelain', `--force-with-lease=${target}:${expected ?? ''}`],
    ...[remote, `${commit}:${target}`],
  ])
  if (pushed.status === 0) return { commit }
  // Another was quicker: by git's own comparison, or by that of the server.
  const said = `${pushed.stdout.toString()}${pushed.stderr}`
  if (/stale info|fetch first|cannot lock ref|reference already exists|incorrect old value/.test(said))
    return 'rejected'
  throw new StateError(
    `the state could not be pushed: ${withoutUrls(said)}`,
    'Let the job write (permissions: contents: write), and see that no rule protects the branch. What is here stays.',
  )
}

function commitOf(files: Files, message: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'airq-index-'))
  const env = { ...GIT_IDENTITY, GIT_INDEX_FILE: join(folder, 'index') }
  try {
    const entries = [...files].map(([path, content]) => {
      if (content.length > MOST_BYTES) {
        throw new StateError(
          `${path} has ${String(Math.round(content.length / 1e6))} MB: too much for a branch`,
          'Take old revisions out (airq-store compact), or keep the state on the disk of a runner of your own.',
        )
      }
      const blob = mustGit(['hash-object', '-w', '--stdin'], { input: content }).toString().trim()
      return `100644 ${blob}\t${path}\0`
    })
    mustGit(['update-index', '--add', '-z', '--index-info'], { input: entries.join(''), env })
    const tree = mustGit(['write-tree'], { env }).toString().trim()
    return mustGit(['commit-tree', '-m', message, tree], { env }).toString().trim()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Addresses may carry credentials. */
function withoutUrls(text: string): string {
  return text
    .replaceAll(/\b[a-z+]+:\/\/\S+/gi, '<remote>')
    .trim()
    .slice(0, 1000)
}
