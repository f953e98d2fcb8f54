import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'

const DIRECTORY = join(import.meta.dirname, '../../schemas')
export const SUMMARIES = [
  'batch-feature',
  'hyperparam-optimization',
  'training',
  'inference',
  'backtest',
  'check-leaks',
  'report',
  'watch',
  'demo',
] as const

/** What is wrong with a summary, by its own schema; empty when nothing is. */
export function summaryProblems(name: (typeof SUMMARIES)[number], summary: unknown): readonly string[] {
  const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, strictRequired: false })
  ajv.addSchema(readSchema('common'))
  const validate = ajv.compile(readSchema(name))
  if (validate(summary)) return []
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`)
}

function readSchema(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(DIRECTORY, `${name}.json`), 'utf8')) as Record<string, unknown>
}
