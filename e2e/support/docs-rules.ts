/** How the blocks of the docs are tried. A rule that nothing uses fails the test, as does a block without a rule. */

interface NotRun {
  /** Of one command. */
  readonly command: RegExp
  /** What stands in the way, and what is done instead. */
  readonly why: string
}

/** Commands that are only checked for what they name: scripts, files, options. All others run. */
export const NOT_RUN: readonly NotRun[] = [
  { command: /pnpm@\S+ demo\b/, why: 'demo.test.ts runs it in its three forms' },
  { command: /pnpm@\S+ test$/, why: 'this is a part of it' },
  { command: /pnpm@\S+ check$/, why: 'a step of ci.yml; takes minutes' },
  { command: /pnpm@\S+ build$/, why: 'support/build.ts has done it' },
  { command: /pnpm@\S+ bench$/, why: 'takes an hour' },
  { command: /pnpm@\S+ exec node (\S+ )?bench\//, why: 'takes minutes; the file is there' },
  { command: /pnpm@\S+ conformance$/, why: 'installs other clients; takes minutes' },
  { command: /pnpm@\S+ image-test$/, why: 'needs an engine for containers' },
  {
    command: /pnpm@\S+ deploy-environment /,
    why: 'needs Azure; jobs-azure.test.ts runs it against a fake of it',
  },
  {
    command: /^(az |(SUB|IDENTITIES|WORKSPACE|VAULT)=|give\(\) \{|for who in |\}$|done$)/,
    why: 'needs a subscription of Azure; bash reads it',
  },
  { command: /^(docker|buildah) /, why: 'needs an engine for containers; what it names is there' },
  { command: /^mlflow server /, why: 'a program of others; conformance runs it' },
  {
    command: /^curl -s https:\/\/example\.org/,
    why: 'nobody serves that feed; its fields are looked up in one',
  },
]

/** Runs until it is stopped. */
export const SERVERS = /airq-fake-(sources|hopsworks|comet|mlflow)/

/** What a reader puts in, and what would take too long. */
export const STAND_INS: readonly (readonly [said: string, run: string])[] = [
  ['--trials 100', '--trials 2'],
  ['--budget 10m', '--budget 30s'],
  ['hopsworks:airq', 'hopsworks:airq --poll-ms 20'],
  ['comet:WORKSPACE/PROJECT', 'comet:airq/readme'],
  ['comet:my-workspace/', 'comet:airq/'],
  [
    "host: 'eu-west.cloud.hopsworks.ai',",
    "baseUrl: process.env.HOPSWORKS_BASE_URL ?? '', pollIntervalMs: 20,",
  ],
  ["'http://127.0.0.1:5000'", "process.env.MLFLOW_TRACKING_URI ?? ''"],
  ['--port 8080', '--port 0'],
  ['http://127.0.0.1:8080', '…'],
  ['--port 5000', '--port 0'],
  ['@1.2.0', '@1.0.0'],
  ['@1.4.0', '@1.2.0'],
  ['--expected 1.3.0', '--expected 1.1.0'],
]

/** Before the commands of a page: the state that its text speaks of. */
export const BEFORE: Readonly<Record<string, readonly string[]>> = {
  'packages/model-registry/README.md': [
    "airq-registry rollback .airq/model-registry beijing-end-of-day --reason 'as the text has it'",
  ],
}

/** Before the TypeScript of a page that is no package's README: what its names stand for. */
export const PREAMBLES: Readonly<Record<string, string>> = {
  'docs/hopsworks.md': `import { defineGroup } from '@airq/feature-store'
const columns = {
  station: { type: 'string', description: 'Station.' },
  at: { type: 'bigint', description: 'Epoch ms.' },
  known_at: { type: 'bigint', description: 'Epoch ms.' },
} as const
const group = { version: 1, description: 'Of the example.', primaryKey: ['station', 'at'], eventTime: 'at', columns } as const
const daily = defineGroup({ ...group, name: 'example_daily' })
const forecasts = defineGroup({ ...group, name: 'example_forecasts' })
const rows = [{ station: 'a', at: 0, known_at: 0 }]
const more = rows
`,
  'docs/mlflow.md': `import { openLocalRegistry } from '@airq/model-registry/local'
const local = await openLocalRegistry({ path: '.airq/model-registry', clock: Date })
const found = await local.resolve('beijing-end-of-day', 'latest')
if (found === null) throw new Error('no model')
const { model, schema, metrics, params, lineage } = await local.fetch(found)
const pkg = { model, schema, metrics, params, lineage }
`,
}

/** What is printed elsewhere than by the commands above it on the page. */
export const PRINTED_ELSEWHERE: Readonly<Record<string, string>> = {
  'airq demo on a simulated city': 'demo.test.ts holds it against what the demo prints',
  'On 365 test days': 'real air, which is not part of the repository; bench/README.md',
  'Beijing (beijing), end-of-day: hyper-parameters': 'real air; the search runs, on fewer trials',
  '✗ failed  station beijing': 'an invented mishap; the doctor has a test of its own',
  'error: leaks found': 'a store with a leak; check-leaks.test.ts',
}

/** Trees of files: `FOLDER` by the text, and the files of the prepared state that it names. */
export const TREES: Readonly<Record<string, string>> = {
  '.airq/ ': '.',
  'MLmodel ': '.airq/model-registry/beijing-end-of-day/1.0.0',
  'models/city-tomorrow': '',
}
