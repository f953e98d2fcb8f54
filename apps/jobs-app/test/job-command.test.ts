import type { RunContext } from '@airq/pipeline'
import { describe, expect, test } from 'vitest'
import { jobCommand, type PassedOptions } from '../src/job-command.ts'
import { needsOf, PIPELINES, type PipelineId } from '../src/pipelines.ts'

const clock = { now: () => Date.parse('2026-03-06T04:25:00Z') }

function contextOf(kind: 'process' | 'docker' | 'azure-ml', more: Partial<RunContext> = {}): RunContext {
  const config = { jobs: { kind } }
  const facts = { config, configPath: 'etc/config.yaml', stateDir: '/var/airq', clock, systemClock: clock }
  return { ...facts, ...more } as unknown as RunContext
}

const command = (id: PipelineId, context: RunContext, options: PassedOptions = {}, files: string[] = []) =>
  jobCommand(PIPELINES[id], context, options, { flags: ['--fs-api-key', '@kv:FS-API-KEY'] }, files).join(' ')

describe('the command of a job', () => {
  test.each([
    ['azure-ml', 'feature-pipeline config.yaml --fs-api-key @kv:FS-API-KEY --degraded-exit 0'],
    ['docker', 'feature-pipeline config.yaml --fs-api-key @kv:FS-API-KEY --state /state --degraded-exit 0'],
    [
      'process',
      'feature-pipeline etc/config.yaml --fs-api-key @kv:FS-API-KEY --state /var/airq --degraded-exit 0',
    ],
  ] as const)('of %s', (kind, expected) => {
    expect(command('feature', contextOf(kind))).toBe(expected)
  })

  test('replays the same instant', () => {
    const context = contextOf('azure-ml', { systemClock: { now: () => 0 } })
    expect(command('inference', context)).toContain('--now 2026-03-06T04:25:00.000Z')
  })

  test.each<[PipelineId, PassedOptions, string]>([
    ['feature', { station: ['a', 'b'], weatherHistory: true }, '--station a --station b --weather-history'],
    ['feature', { quarantine: 'list' }, '--quarantine list'],
    ['batch-feature', { downloadZone: { timeZone: 'Europe/Lisbon' } }, '--download-zone Europe/Lisbon'],
    ['training', { decision: 'evening', station: ['a'] }, '--decision evening --station a'],
    [
      'hyperparam-optimization',
      { models: ['ridge', 'blend'], trials: 5, budget: 90_500 },
      '--models ridge,blend --trials 5 --budget 90.5s',
    ],
    ['hyperparam-optimization', { trials: 40, resume: true }, '--trials 40 --resume'],
    ['inference', { allowFallback: true }, '--allow-fallback'],
  ])('of %s passes on %j', (id, options, expected) => {
    expect(command(id, contextOf('azure-ml'), options)).toContain(` ${expected} --degraded-exit 0`)
  })

  test('has its files where the job finds them', () => {
    const options = { csv: ['a.csv', 'c.csv'], as: 'a' }
    expect(
      command('batch-feature', contextOf('docker'), options, ['/input/1/a.csv', '/input/2/c.csv']),
    ).toContain(' --csv /input/1/a.csv --csv /input/2/c.csv --as a --state')
  })

  test('passes on nothing that its pipeline does not take', () => {
    const options = { downloadZone: 'auto', allowFallback: true, csv: [], trials: 40 } as const
    expect(command('feature', contextOf('azure-ml'), options)).not.toMatch(/zone|fallback|csv|trials/)
  })
})

describe('what a pipeline needs', () => {
  const config = (source: string, store: string, registry: string) =>
    ({
      stations: [{ source: { kind: source } }],
      featureStore: { kind: store },
      modelRegistry: { kind: registry },
    }) as unknown as RunContext['config']

  test.each<[PipelineId, string, string, string, readonly string[]]>([
    ['feature', 'waqi', 'hopsworks', 'comet', ['aqi-token', 'fs-api-key']],
    ['feature', 'open-meteo', 'hopsworks', 'comet', ['fs-api-key']],
    ['batch-feature', 'waqi', 'hopsworks', 'comet', ['fs-api-key']],
    ['training', 'waqi', 'hopsworks', 'comet', ['fs-api-key', 'comet-api-key']],
    ['inference', 'waqi', 'hopsworks', 'mlflow', ['fs-api-key']],
    ['inference', 'waqi', 'sqlite', 'local', []],
  ])('%s from %s in %s and %s', (id, source, store, registry, secrets) => {
    const needs = needsOf(PIPELINES[id], config(source, store, registry))
    expect(needs.secrets).toEqual(secrets)
    expect(needs.optionalSecrets.length > 0).toBe(registry === 'mlflow')
  })
})
