import { defaultRecipe, fitRecipe, rowAt, type TrainingMatrix } from '@airq/model'
import { DecisionTreeRegression } from 'ml-cart'
import { RandomForestRegression } from 'ml-random-forest'
import { parseArgs } from 'node:util'

// Fits one learner on made-up rows, in a process of its own: the last of so many fits counts, then a forecast of all rows.

const { values } = parseArgs({
  options: {
    learner: { type: 'string', default: 'airq' },
    rows: { type: 'string', default: '3000' },
    columns: { type: 'string', default: '40' },
    trees: { type: 'string', default: '200' },
    repeats: { type: 'string', default: '3' },
  },
})
const [rows, columns, trees, repeats] = [values.rows, values.columns, values.trees, values.repeats].map(
  Number,
) as [number, number, number, number]
const DAY_MS = 86_400_000

/** mulberry32; the Python peers have numbers of their own: for the time of a fit it is the shape that counts. */
function uniforms(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

const uniform = uniforms(1)
const inputs = Array.from({ length: rows }, () => Array.from({ length: columns }, uniform))
const outcomes = inputs.map(
  ([a = 0, b = 0, c = 0]) => 100 * (1.2 + Math.sin(6 * a) + b * c + 0.3 * uniform()),
)

interface Learner {
  readonly fit: () => void
  readonly predict: () => unknown
}

function airq(): Learner {
  const days = inputs.map((_, i) => i)
  const matrix: TrainingMatrix = {
    columns: ['last', ...Array.from({ length: columns }, (_, k) => `x_${String(k)}`)],
    roles: { last: 'last', history: [] },
    values: Float64Array.from(inputs.flatMap((row) => [0, ...row])),
    outcomes: Float64Array.from(outcomes),
    targetDays: Int32Array.from(days),
    decidedAt: Float64Array.from(days, (day) => day * DAY_MS),
    outcomeKnownAt: Float64Array.from(days, (day) => (day + 1) * DAY_MS),
  }
  const own = { trees, rate: 0.05, leaves: 32, minRows: 20, rowShare: 1, columnShare: 1 }
  const recipe = { id: 'boosting', params: { ...defaultRecipe('boosting').params, ...own } }
  let fitted: ReturnType<typeof fitRecipe> | undefined
  return {
    // A copy, so that the binning counts each time.
    fit: () => {
      fitted = fitRecipe(recipe, { ...matrix }, { seed: 1 })
    },
    predict: () => {
      for (let i = 0; i < rows; i++) fitted?.predict(rowAt(matrix, i))
    },
  }
}

function cart(): Learner {
  const tree = new DecisionTreeRegression({ maxDepth: 5, minNumSamples: 20 })
  return {
    fit: () => {
      tree.train(inputs, outcomes)
    },
    predict: () => tree.predict(inputs),
  }
}

function forest(): Learner {
  const trained = new RandomForestRegression({
    nEstimators: trees,
    maxFeatures: 1,
    replacement: true,
    seed: 1,
    noOOB: true,
    treeOptions: { maxDepth: 5, minNumSamples: 20 },
  })
  return {
    fit: () => {
      trained.train(inputs, outcomes)
    },
    predict: () => trained.predict(inputs),
  }
}

async function xgboost(): Promise<Learner> {
  // A promise of the class; loaded here, since it takes a while and says things on stderr.
  const Xgboost = await (await import('ml-xgboost')).default
  const model = new Xgboost({
    booster: 'gbtree',
    objective: 'reg:linear',
    max_depth: 5,
    eta: 0.05,
    min_child_weight: 20,
    silent: 1,
    iterations: trees,
  })
  return {
    fit: () => {
      model.train(inputs, outcomes)
    },
    predict: () => model.predict(inputs),
  }
}

function cpuSecondsOf(work: () => unknown): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

const LEARNERS: Readonly<Record<string, () => Learner | Promise<Learner>>> = { airq, cart, forest, xgboost }
const learner = await LEARNERS[values.learner]?.()
if (learner === undefined) throw new Error(`no learner ${values.learner}`)
const fits = Array.from({ length: repeats }, () => cpuSecondsOf(learner.fit))
const fit = Math.min(...fits)
const predict = cpuSecondsOf(learner.predict)
process.stdout.write(`\n${JSON.stringify({ fit, first: fits[0], predict })}\n`)
