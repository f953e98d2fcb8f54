import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { type Bin, binPath, ROOT } from '../../scripts/built-apps.mts'

const SCHEMA_DIR = join(ROOT, 'packages', 'pipeline', 'schemas')

export type Summary = Record<string, any>

export interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  readonly summary: Summary
}

/** Starts a built command; `done` resolves when it has ended, its summary checked against the schema. */
export function start(
  bin: Bin,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): { child: ChildProcess; done: Promise<Run> } {
  const child = spawn(process.execPath, [binPath(bin), ...args], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const done = new Promise<Run>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      try {
        const summary = args.includes('--json') ? checkedSummary(bin, stdout) : {}
        resolve({ code, stdout, stderr, summary })
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)))
      }
    })
  })
  return { child, done }
}

export function run(
  bin: Bin,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Run> {
  return start(bin, args, env).done
}

/** Exactly one JSON line on stdout, of the shape that the schemas promise. */
function checkedSummary(bin: Bin, stdout: string): Summary {
  const lines = stdout.split('\n')
  if (lines.length !== 2 || lines[1] !== '') throw new Error(`not one line on stdout: ${stdout}`)
  const summary: Summary = JSON.parse(lines[0] ?? '')
  validate(bin.startsWith('run-') ? 'run' : bin.replace('-pipeline', '').replace('airq-', ''), summary)
  return summary
}

let validators: Ajv2020 | undefined

export function validate(schema: string, summary: Summary): void {
  validators ??= loadSchemas()
  const check = validators.getSchema(schemaId(`${schema}.json`))
  if (check === undefined) throw new Error(`no schema ${schema}`)
  if (check(summary) !== true) {
    throw new Error(
      `the summary breaks its schema: ${validators.errorsText(check.errors)}\n${JSON.stringify(summary)}`,
    )
  }
}

function loadSchemas(): Ajv2020 {
  const ajv = new Ajv2020({ allErrors: true, strict: false })
  formats.default(ajv)
  for (const file of [
    'common',
    'feature',
    'batch-feature',
    'hyperparam-optimization',
    'training',
    'inference',
    'backtest',
    'check-leaks',
    'report',
    'watch',
    'demo',
    'run',
    'deploy-environment',
    'doctor',
  ]) {
    ajv.addSchema(JSON.parse(readFileSync(join(SCHEMA_DIR, `${file}.json`), 'utf8')) as object)
  }
  return ajv
}

function schemaId(file: string): string {
  return (JSON.parse(readFileSync(join(SCHEMA_DIR, file), 'utf8')) as { $id: string }).$id
}

export interface Workplace extends AsyncDisposable {
  readonly dir: string
  readonly config: string
  readonly state: string
  file(name: string, text: string | Uint8Array): Promise<string>
}

const STATION = `
stations:
  - id: beijing
    name: Beijing
    timeZone: Asia/Shanghai
    source: { kind: aqicn-csv }
`

/** An empty folder with a configuration and a place for the state. */
export async function workplace(config = STATION): Promise<Workplace> {
  const dir = await mkdtemp(join(tmpdir(), 'airq-e2e-'))
  const file = async (name: string, text: string | Uint8Array) => {
    await writeFile(join(dir, name), text)
    return join(dir, name)
  }
  return {
    dir,
    config: await file('config.yaml', config),
    state: join(dir, 'state'),
    file,
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  }
}
