import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ROOT } from '../scripts/built-apps.mts'
import { type Workplace, workplace } from './support/bins.ts'
import { type Finished, runCommand } from './support/command.ts'
import { fakeGitHub, runsAt } from './support/github.ts'

type Environment = Readonly<Record<string, string>>

function script(name: string, args: readonly string[], env: Environment = {}, cwd = ROOT): Promise<Finished> {
  const outside = {
    GITHUB_EVENT_NAME: '',
    GITHUB_OUTPUT: '',
    GITHUB_STEP_SUMMARY: '',
    GITHUB_TOKEN: '',
    GITHUB_REPOSITORY: '',
  }
  const file = join(ROOT, 'scripts', `${name}.mts`)
  return runCommand(process.execPath, ['--conditions=@airq/source', file, ...args], {
    cwd,
    env: { ...outside, ...env },
  })
}

describe('in-actions', () => {
  const CITY = `
stations:
  - { id: vienna, name: Vienna, timeZone: Europe/Vienna, source: { kind: simulator, seed: 5, years: 1 } }
weather: { kind: none }
`
  const run = async (place: Workplace, ...args: string[]) => {
    const page = join(place.dir, 'page.md')
    const done = await script('in-actions', [...args, '--state', place.state], { GITHUB_STEP_SUMMARY: page })
    return { ...done, page: existsSync(page) ? readFileSync(page, 'utf8') : '' }
  }

  test('a run that is done but degraded goes well, with its reasons as warnings', async () => {
    await using place = await workplace(CITY)
    const pulled = await run(place, 'feature-pipeline', place.config)
    expect(pulled.code, pulled.stderr).toBe(0)
    expect(pulled.stdout).toBe('feature-pipeline: done\n')
    const plain = await run(place, 'inference-pipeline', place.config, '--allow-fallback')
    expect(plain.code, plain.stderr).toBe(0)
    expect(plain.stdout).toMatch(/^::warning title=fallback::vienna/m)
    expect(plain.stdout).toMatch(/inference-pipeline: done, but degraded\n$/)
    expect(plain.page).toContain('### inference-pipeline: done, but degraded')
  })

  test('a run that failed fails, its error with what to do', async () => {
    await using place = await workplace(CITY)
    const failed = await run(place, 'inference-pipeline', place.config)
    expect(failed.code).toBe(1)
    expect(failed.stdout).toMatch(/^::error title=no-data::.+%0A.+/m)
    expect(failed.page).toContain('**no-data**')
    const wrong = await run(place, 'inference-pipeline', join(place.dir, 'none.yaml'))
    expect([wrong.code, wrong.stdout]).toEqual([2, expect.stringContaining('::error title=bad-config::')])
  })

  test('an old reading is flagged, or refused, be it told by the pipeline or by its job', async () => {
    await using place = await workplace(CITY)
    const old = ['--now', '2024-07-01T12:00:00Z']
    const flagged = await run(place, 'feature-pipeline', place.config, ...old)
    expect([flagged.code, flagged.stdout]).toEqual([
      0,
      expect.stringMatching(
        /^::warning title=old-reading::vienna: the newest reading is [\d.]+ h old, more than 4 h$/m,
      ),
    ])
    const next = ['--now', '2024-07-01T13:00:00Z']
    const refused = await run(place, '--refuse-old', 'run-feature-pipeline', place.config, ...next)
    expect([refused.code, refused.stdout]).toEqual([
      1,
      expect.stringMatching(/^::error title=old-reading::/m),
    ])
    expect(refused.page).toContain('refused: no station has a fresh reading')
  })

  test('knows the commands of the apps alone', async () => {
    expect((await script('in-actions', ['rm', '-rf'])).code).toBe(2)
  })
})

describe('inference-due', () => {
  const SHANGHAI = `
stations:
  - { id: beijing, name: Beijing, timeZone: Asia/Shanghai, source: { kind: simulator, seed: 5 } }
`
  const due = async (env: Environment, now: string, config = SHANGHAI) => {
    await using place = await workplace(config)
    const outputs = join(place.dir, 'outputs')
    const done = await script('inference-due', [place.config, '--now', now], {
      GITHUB_OUTPUT: outputs,
      ...env,
    })
    expect(done.code, done.stderr).toBe(0)
    return { told: readFileSync(outputs, 'utf8'), stdout: done.stdout }
  }
  const after = async (began: string, now: string, conclusion = 'success') => {
    await using place = await workplace()
    const event = { workflow_run: { run_started_at: began, conclusion } }
    const path = await place.file('event.json', JSON.stringify(event))
    return (await due({ GITHUB_EVENT_NAME: 'workflow_run', GITHUB_EVENT_PATH: path }, now)).told
  }
  // The day ends in Beijing at 16:00 UTC.
  const YES = 'due=true\nslot=20260105T16\n'
  const NO = 'due=false\nslot=20260105T16\n'

  test('a feature run that began after the decision brings the forecast about', async () => {
    expect(await after('2026-01-05T18:25:00Z', '2026-01-05T18:31:00Z')).toBe(YES)
    expect(await after('2026-01-05T16:00:00Z', '2026-01-05T16:06:00Z')).toBe(YES)
  })

  test('one that began before it does not, nor a failed one, nor one hours later', async () => {
    expect(await after('2026-01-05T15:25:00Z', '2026-01-05T16:02:00Z')).toBe(NO)
    expect(await after('2026-01-05T18:25:00Z', '2026-01-05T18:31:00Z', 'failure')).toBe(NO)
    expect(await after('2026-01-06T00:25:00Z', '2026-01-06T00:31:00Z')).toBe(NO)
  })

  test('the clock does it an hour after the decision, and says where readings may be old', async () => {
    const runs = '/actions/workflows/feature.yml/runs'
    const net = { GITHUB_EVENT_NAME: 'schedule' }
    expect((await due(net, '2026-01-05T16:30:00Z')).told).toBe(NO)
    expect((await due(net, '2026-01-06T01:25:00Z')).told).toBe(NO)
    await using fresh = await fakeGitHub({ [runs]: runsAt('2026-01-05T18:25:00Z') })
    const good = await due({ ...net, ...fresh.env }, '2026-01-05T19:25:00Z')
    expect([good.told, good.stdout.includes('::warning')]).toEqual([YES, false])
    await using stale = await fakeGitHub({ [runs]: runsAt('2026-01-05T12:25:00Z') })
    const flagged = await due({ ...net, ...stale.env }, '2026-01-05T19:25:00Z')
    expect([flagged.told, flagged.stdout]).toEqual([
      YES,
      expect.stringContaining('::warning title=old-reading::'),
    ])
    await using none = await fakeGitHub({ [runs]: runsAt() })
    expect((await due({ ...net, ...none.env }, '2026-01-05T19:25:00Z')).stdout).toContain('no feature run')
  })

  test('by hand it is due always; the slot is the last decision of any station', async () => {
    const config = `${SHANGHAI}  - { id: vienna, name: Vienna, timeZone: Europe/Vienna, source: { kind: simulator, seed: 6 } }
forecast: { decisions: [evening, morning], hours: { evening: 21, morning: 7 } }
`
    const told = async (now: string) => (await due({}, now, config)).told
    expect(await told('2026-01-05T12:59:00Z')).toContain('slot=20260105T06')
    expect(await told('2026-01-05T13:00:00Z')).toContain('slot=20260105T13')
    expect(await told('2026-01-05T20:00:00Z')).toBe('due=true\nslot=20260105T20\n')
    expect(await told('2026-01-05T23:00:00Z')).toContain('slot=20260105T23')
  })
})

describe('watch-runs', () => {
  const NOW = '2026-01-05T12:00:00Z'
  const issue = { number: 7, html_url: 'https://github.com/me/airq/issues/7' }
  const forecast = (conclusion: string) => () => ({ jobs: [{ steps: [{ name: 'Forecast', conclusion }] }] })
  const watch = async (answers: Record<string, () => unknown>, runsOn = 'azure') => {
    await using github = await fakeGitHub(answers)
    const done = await script('watch-runs', ['--now', NOW], { ...github.env, AIRQ_RUN_ON: runsOn })
    expect(done.code, done.stderr).toBe(0)
    return { ...done, changes: github.changes }
  }
  const well = {
    '/actions/workflows/feature.yml/runs': runsAt('2026-01-05T09:25:00Z'),
    '/actions/workflows/inference.yml/runs': runsAt('2026-01-05T10:25:00Z', '2026-01-04T18:30:00Z'),
    '/actions/workflows/training.yml/runs': runsAt('2026-01-04T01:40:00Z'),
    '/actions/runs/1/jobs': forecast('skipped'),
    '/actions/runs/2/jobs': forecast('success'),
    '/issues': () => [],
  }

  test('all is well: nothing is said', async () => {
    expect(await watch(well)).toMatchObject({
      changes: [],
      stdout: '0 of 3 scheduled workflows are missing\n',
    })
  })

  test('a run that stays away opens one issue, kept up to date, closed once it comes', async () => {
    const late = { ...well, '/actions/workflows/feature.yml/runs': runsAt('2026-01-05T03:25:00Z') }
    const opened = await watch(late)
    expect(opened.changes).toMatchObject([
      {
        method: 'POST',
        path: '/issues',
        body: { labels: ['airq-watch'], body: expect.stringContaining('feature.yml') },
      },
    ])
    expect(opened.changes[0]?.body['body']).not.toContain('training.yml')
    const again = await watch({ ...late, '/issues': () => [issue] })
    expect(again.changes).toMatchObject([{ method: 'PATCH', path: '/issues/7' }])
    const closed = await watch({ ...well, '/issues': () => [issue] })
    expect(closed.changes).toMatchObject([
      { method: 'POST', path: '/issues/7/comments' },
      { method: 'PATCH', path: '/issues/7', body: { state: 'closed' } },
    ])
  })

  test('an inference run that had nothing to do is no forecast', async () => {
    const { stdout } = await watch({ ...well, '/actions/runs/2/jobs': forecast('skipped') })
    expect(stdout).toMatch(/^::warning title=missed-run::inference\.yml.+none is known$/m)
  })

  test('asks for what this repository runs', async () => {
    const runs = { '/actions/workflows/no-account.yml/runs': runsAt(), '/issues': () => [] }
    expect((await watch(runs, 'github')).stdout).toContain('no-account.yml')
    expect((await watch({}, '')).changes).toEqual([])
  })

  test('a right that is missing is named', async () => {
    await using github = await fakeGitHub({})
    const done = await script('watch-runs', ['--now', NOW], { ...github.env, AIRQ_RUN_ON: 'azure' })
    expect(done.code).not.toBe(0)
    expect(done.stderr).toContain('GitHub answered 404 to GET')
    expect(done.stderr).not.toContain(github.env['GITHUB_TOKEN'])
    expect((await script('watch-runs', [], { AIRQ_RUN_ON: 'azure' })).stderr).toContain('GITHUB_TOKEN')
  })
})

test('keep-schedules switches on what has a schedule, not what was switched off by hand', async () => {
  const files = ['feature.yml', 'inference.yml', 'no-account.yml', 'training.yml', 'watch.yml']
  const state = (file: string) => (file === 'no-account.yml' ? 'disabled_manually' : 'disabled_inactivity')
  await using github = await fakeGitHub(
    Object.fromEntries(files.map((file) => [`/actions/workflows/${file}`, () => ({ state: state(file) })])),
  )
  const done = await script('keep-schedules', [], github.env)
  expect(done.code, done.stderr).toBe(0)
  const enabled = files.filter((file) => file !== 'no-account.yml')
  expect(github.changes.map(({ method, path }) => `${method} ${path}`)).toEqual(
    enabled.map((file) => `PUT /actions/workflows/${file}/enable`),
  )
})

describe('published-feed', () => {
  const fetched = async (pages: boolean, env: Environment = {}) => {
    await using place = await workplace()
    await using github = await fakeGitHub({ '': () => ({ has_pages: pages }) })
    const file = join(place.dir, 'published', 'forecast.json')
    const done = await script('published-feed', [file], { ...github.env, ...env })
    return { ...done, wrote: existsSync(file) }
  }

  test('where no page is set up, nothing was published, and it is said how to', async () => {
    const none = await fetched(false)
    expect([none.code, none.wrote, none.stdout]).toEqual([0, false, expect.stringMatching(/^found=false$/m)])
    expect(none.stdout).toContain('::warning title=no-pages::')
  })

  test('a page that cannot be asked is an error, not a page without a past', async () => {
    const broken = await fetched(true)
    expect([broken.code, broken.wrote, broken.stdout]).toEqual([1, false, ''])
    expect(broken.stderr).toContain('GitHub answered 404')
    expect((await script('published-feed', [])).code).toBe(2)
  })
})

test('check-image names what it takes, and is no silent pass in a workflow', async () => {
  expect((await script('check-image', ['feature-app'])).code).toBe(2)
  const without = { PATH: '/nowhere', GITHUB_ACTIONS: '' }
  const here = await script('check-image', ['feature-app', 'airq/feature-app:ci'], without)
  expect([here.code, here.stdout]).toEqual([0, 'skipped: there is no Docker\n'])
  const there = await script('check-image', ['feature-app', 'airq/feature-app:ci'], {
    ...without,
    GITHUB_ACTIONS: 'true',
  })
  expect(there.code).not.toBe(0)
})
