import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run, start, type Workplace, workplace } from './support/bins.ts'
import { history, NOW } from './support/histories.ts'

const SEARCH = 'hyperparam-optimization-pipeline'
const NAME = 'beijing-end-of-day-hyperparameters'
/** Three years, of which the last is not searched. */
const TEST_DAYS = 365

function config(from: 'config' | 'registry', candidates = 'persistence, ridge, boosted-ridge'): string {
  return `
stations:
  - id: beijing
    name: Beijing
    timeZone: Asia/Shanghai
    source: { kind: aqicn-csv }
training: { candidates: [${candidates}], testDays: ${String(TEST_DAYS)}, hyperparameters: { from: ${from} } }
`
}

const args = (place: Workplace, ...more: string[]) => [
  place.config,
  ...['--state', place.state, '--now', NOW, '--json', ...more],
]

async function imported(csv = history(), text = config('registry')): Promise<Workplace> {
  const place = await workplace(text)
  const file = await place.file('beijing.csv', csv)
  await run('batch-feature-pipeline', args(place, '--csv', file))
  return place
}

/** The lines of the search's state that are whole, without the first. */
function evaluations({ state }: Workplace): string[] {
  const path = join(state, 'hyperparameter-search', 'beijing-end-of-day.jsonl')
  try {
    return readFileSync(path, 'utf8').split('\n').slice(1, -1)
  } catch {
    return []
  }
}

let place: Workplace
let whole: Awaited<ReturnType<typeof run>>

beforeAll(async () => {
  place = await imported()
  whole = await run(SEARCH, args(place, '--trials', '12'))
}, 120_000)
afterAll(() => place[Symbol.asyncDispose]())

describe('a search', () => {
  test('publishes hyper-parameters with all their trials', () => {
    expect(whole.code).toBe(0)
    const [search] = whole.summary['searches']
    expect(search).toMatchObject({
      name: NAME,
      version: '1.0.0',
      created: true,
      complete: true,
      simulated: false,
    })
    expect(search.recipes.map(({ id, trials }: { id: string; trials: number }) => [id, trials])).toEqual([
      ['ridge', 12],
      ['boosted-ridge', 12],
    ])
    for (const { relMae, defaultRelMae } of search.recipes) expect(relMae).toBeLessThanOrEqual(defaultRelMae)
    expect(search.judged.lastDay < '2023-07-02').toBe(true)
    const file = join(place.state, 'model-registry', NAME, '1.0.0', 'model.json')
    const model = JSON.parse(readFileSync(file, 'utf8'))
    expect(model).toMatchObject({ format: 'airq-hyperparameters', station: 'beijing', seed: 1 })
    expect(model.recipes[0].trials).toHaveLength(12)
    expect(model.recipes[0].params).toEqual(search.recipes[0].params)
  })

  test('tells the best so far and the time left while it goes on', () => {
    const lines = whole.stderr.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []))
    const progress = lines.filter(({ msg }) => msg === 'searching')
    expect(progress.at(-1)).toMatchObject({ recipe: 'boosted-ridge', trials: '12/12', secondsLeft: 0 })
    for (const { best, defaults } of progress) expect(best).toBeLessThanOrEqual(defaults)
  })

  test('the same once more makes no new version', async () => {
    const { summary } = await run(SEARCH, args(place, '--trials', '12', '--resume'))
    const [search] = summary['searches']
    expect(search).toMatchObject({ version: '1.0.0', created: false, evaluations: { made: 0 } })
    expect(search.evaluations.resumed).toBe(whole.summary['searches'][0].evaluations.made)
  })

  test('reads nothing of the test days: with another last year it finds the same', async () => {
    const lines = history().split('\n')
    const since = lines.findIndex((line) => line.startsWith('2023/7/15,'))
    // The newest day stands first, as aqicn.org has it, or last: only what is later is changed.
    expect(since).toBeGreaterThan(0)
    const changed = lines.map((line) => {
      const [year = 0, month = 0, day = 0] = (/^(\d+)\/(\d+)\/(\d+),/.exec(line) ?? []).slice(1).map(Number)
      if (Date.UTC(year, month - 1, day) < Date.UTC(2023, 6, 15)) return line
      return line.replaceAll(/, ?(\d+)/g, (_, value: string) => `, ${String(Number(value) + 37)}`)
    })
    expect(changed.join()).not.toBe(lines.join())
    await using other = await imported(changed.join('\n'))
    const { summary } = await run(SEARCH, args(other, '--trials', '12', '--models', 'ridge'))
    const [search] = summary['searches']
    expect(search.recipes).toEqual(whole.summary['searches'][0].recipes.slice(0, 1))
  })

  test('training takes what it found, and says in the lineage where it is from', async () => {
    const { code, summary } = await run('training-pipeline', args(place))
    expect(code).toBe(0)
    const [model] = summary['models']
    const stored = (part: string) =>
      JSON.parse(
        readFileSync(join(place.state, 'model-registry', model.name, model.version, `${part}.json`), 'utf8'),
      )
    expect(stored('lineage')).toMatchObject({ hyperparameters: { name: NAME, version: '1.0.0' } })
    const { params } = whole.summary['searches'][0].recipes.find(
      ({ id }: { id: string }) => id === model.recipe,
    )
    expect(stored('params').hyperparameters).toEqual(params)
    expect(summary['warnings']).toEqual([])
  })
})

test('a search killed at once loses nothing: --resume ends where an undisturbed one ends', async () => {
  await using killed = await imported()
  const { child, done } = start(
    SEARCH,
    args(killed, '--trials', '12').filter((arg) => arg !== '--json'),
  )
  while (evaluations(killed).length < 25 && child.exitCode === null) await wait(20)
  child.kill('SIGKILL')
  expect((await done).code).toBeNull()
  const kept = evaluations(killed)
  expect(kept.length).toBeGreaterThanOrEqual(25)

  const { code, summary } = await run(SEARCH, args(killed, '--trials', '12', '--resume'))
  const [search] = summary['searches']
  const [undisturbed] = whole.summary['searches']
  expect(code).toBe(0)
  expect(search.contentSha256).toBe(undisturbed.contentSha256)
  expect(search.evaluations).toEqual({
    resumed: kept.length,
    made: undisturbed.evaluations.made - kept.length,
  })
}, 120_000)

test('an interrupted search exits 130, publishes nothing, and can be resumed', async () => {
  await using stopped = await imported()
  const { child, done } = start(SEARCH, args(stopped, '--trials', '500'))
  while (evaluations(stopped).length < 5 && child.exitCode === null) await wait(20)
  child.kill('SIGINT')
  const { code, summary } = await done
  expect([code, summary['error'].code]).toEqual([130, 'interrupted'])
  const training = await run('training-pipeline', args(stopped))
  expect(training.code).toBe(1)
  expect(training.summary['error']).toMatchObject({
    code: 'no-hyperparameters',
    hint: expect.stringContaining(SEARCH),
  })
  const resumed = await run(SEARCH, args(stopped, '--budget', '1s', '--resume', '--models', 'ridge'))
  expect(resumed.summary['searches'][0].evaluations.resumed).toBeGreaterThanOrEqual(5)
}, 120_000)

test('a budget ends the search in time, and the summary says that it is not complete', async () => {
  const { code, summary } = await run(
    SEARCH,
    args(place, '--trials', '10000', '--budget', '3s', '--models', 'ridge'),
  )
  expect(code).toBe(0)
  const [search] = summary['searches']
  expect(search.complete).toBe(false)
  expect(search.recipes[0].trials).toBeLessThan(10_000)
  expect(summary['durationMs']).toBeLessThan(15_000)
})

test('days that have changed since are not mixed with those before', async () => {
  await using later = await imported()
  const search = (now: string) =>
    run(SEARCH, [...args(later, '--trials', '1', '--resume', '--models', 'ridge'), '--now', now])
  expect((await search('2024-06-01T00:00:00+08:00')).summary['warnings']).toEqual([])
  const { summary } = await search(NOW)
  expect(summary['warnings']).toMatchObject([{ code: 'search-restarted' }])
  expect(summary['searches'][0]).toMatchObject({ evaluations: { resumed: 0 }, version: '1.1.0' })
})

test.each([
  [['--budget', 'soon'], 2, 'bad-arguments', /60s, 10m or 2h/],
  [['--trials', '0'], 2, 'bad-arguments', /1 to 10000/],
  [['--models', 'persistence'], 2, 'nothing-to-search', /hyper-parameters to search/],
])('%j is refused', async (more, exit, error, message) => {
  const { code, summary } = await run(SEARCH, args(place, ...more))
  expect([code, summary['error'].code]).toEqual([exit, error])
  expect(`${String(summary['error'].message)} ${String(summary['error'].hint)}`).toMatch(message)
})

test('--check writes nothing', async () => {
  await using fresh = await imported()
  const { code, summary } = await run(SEARCH, args(fresh, '--check'))
  expect([code, summary['searches']]).toEqual([0, []])
  expect(evaluations(fresh)).toEqual([])
})
