import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { goodRuns, repositoryOf } from './actions/github-api.mts'
import { annotate, output } from './actions/workflow-output.mts'

// The apps whose image is another than at a base commit: by their own files, those of the packages they are made of,
// their external dependencies, and what every image is made with.
//   changed-apps --base COMMIT | --deployed WORKFLOW | --all
// --deployed: since the workflow last went well, as GitHub knows (GITHUB_TOKEN). Prints outputs of a workflow's step:
// apps, a JSON array; images, where they lie (GITHUB_REPOSITORY); version and created, for their labels.

const APPS = ['feature-app', 'training-app', 'inference-app'] as const
type App = (typeof APPS)[number]

/** Beside their packages, all that images are made of. */
const OF_EVERY_IMAGE = [
  ...['docker/Dockerfile', 'docker/lay-out.mts', 'docker/warm-cache.mts', '.dockerignore', 'LICENSE'],
  ...['pnpm-workspace.yaml', 'turbo.json', 'tsconfig.base.json', 'tsup.app.ts'],
]

interface Task {
  readonly taskId: string
  readonly inputs: Readonly<Record<string, string>>
  readonly hashOfExternalDependencies: string
}

const { values } = parseArgs({
  options: { base: { type: 'string' }, deployed: { type: 'string' }, all: { type: 'boolean' } },
})
const chosen = [values.base, values.deployed, values.all].filter((value) => value !== undefined)
if (chosen.length !== 1) {
  process.stderr.write('changed-apps: give one of --base COMMIT, --deployed WORKFLOW, --all\n')
  process.exit(2)
}

const root = git('rev-parse', '--show-toplevel').trim()
const base = values.deployed === undefined ? values.base : await lastDeployed(values.deployed)
output({
  apps: JSON.stringify(changedSince(base)),
  images: `ghcr.io/${(process.env['GITHUB_REPOSITORY'] ?? 'OWNER/NAME').toLowerCase()}`,
  version: git('rev-parse', '--short=12', 'HEAD').trim(),
  created: git('show', '--no-patch', '--format=%cI', 'HEAD').trim(),
})

function changedSince(commit: string | undefined): readonly App[] {
  if (commit === undefined) return APPS
  const found = spawnSync('git', ['cat-file', '-e', `${commit}^{commit}`], { cwd: root })
  if (found.status !== 0) {
    annotate('warning', 'no-base', `commit ${commit} is not in this clone: every app counts as changed`)
    return APPS
  }
  const before = join(mkdtempSync(join(tmpdir(), 'airq-base-')), 'tree')
  git('worktree', 'add', '--quiet', '--detach', before, commit)
  try {
    return APPS.filter((app) => contentOf(app, before) !== contentOf(app, root))
  } finally {
    git('worktree', 'remove', '--force', before)
    rmSync(join(before, '..'), { recursive: true, force: true })
  }
}

/** A digest; `undefined` where this tree has no such app, so that a new one has changed. */
function contentOf(app: App, tree: string): string | undefined {
  const filter = `--filter=@airq/${app}...`
  const done = spawnSync('turbo', ['run', 'build', filter, '--dry=json'], {
    cwd: tree,
    encoding: 'utf8',
    maxBuffer: 1e9,
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' },
  })
  if (done.status !== 0) return undefined
  const { tasks } = JSON.parse(done.stdout) as { tasks: Task[] }
  const made = tasks
    .filter(({ taskId }) => taskId.endsWith('#build'))
    .map(({ taskId, inputs, hashOfExternalDependencies }) => {
      const files = Object.entries(inputs).toSorted(([a], [b]) => (a < b ? -1 : 1))
      return JSON.stringify([taskId, files, hashOfExternalDependencies])
    })
  const common = git('-C', tree, 'ls-files', '--stage', '--', ...OF_EVERY_IMAGE)
  const { packageManager } = JSON.parse(readFileSync(join(tree, 'package.json'), 'utf8')) as {
    packageManager: string
  }
  return createHash('sha256')
    .update([...made.toSorted(), common, packageManager].join('\n'))
    .digest('hex')
}

/** Its commit; `undefined` where it never went well. */
async function lastDeployed(workflow: string): Promise<string | undefined> {
  const [run] = await goodRuns(repositoryOf(process.env), workflow)
  if (run === undefined)
    annotate('notice', 'first', `${workflow} has not gone well yet: every app counts as changed`)
  return run?.head_sha
}

function git(...args: readonly string[]): string {
  const done = spawnSync('git', args, { encoding: 'utf8' })
  if (done.status === 0) return done.stdout
  throw new Error(`git ${args.join(' ')}: ${done.stderr.trim()}`)
}
