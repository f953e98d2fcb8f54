import type { ModelPackage } from '../types.ts'

/** A small package; another `slope` makes another content. */
export function samplePackage(slope = 1, changes: Partial<ModelPackage> = {}): ModelPackage {
  return {
    model: { kind: 'line', slope, intercept: 0.1, name: 'Linie für 北京 🌫️', steps: [1, 2.5, -3e-7] },
    schema: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      required: ['kind', 'slope', 'intercept', 'name', 'steps'],
      properties: {
        kind: { const: 'line' },
        slope: { type: 'number' },
        intercept: { type: 'number' },
        name: { type: 'string' },
        steps: { $ref: '#/$defs/numbers' },
      },
      additionalProperties: false,
      $defs: { numbers: { type: 'array', items: { type: 'number' } } },
    },
    metrics: { mae: 21.5, 'coverage-90': 0.91 },
    params: { depth: 4, features: ['lag1', 'lag7'], nested: { on: true, off: null } },
    lineage: {
      gitCommit: null,
      trainingRowsSha256: 'a'.repeat(64),
      featureGroups: { aqi_daily: 1 },
      seed: 42,
    },
    ...changes,
  }
}
