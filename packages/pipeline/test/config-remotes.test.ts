import { describe, expect, test } from 'vitest'
import { parseConfig } from '@airq/pipeline/config'
import { problemsIn, STATION } from './support/config-problems.ts'

const withKeys = (keys: string): string => `stations: [${STATION}]\n${keys}\n`

describe('a remote store or registry', () => {
  test.each([
    ['featureStore: { kind: hopsworks, host: eu-west.cloud.hopsworks.ai, project: airq }'],
    ['featureStore: { kind: hopsworks }'],
    [
      'featureStore: { kind: hopsworks, host: h.example, port: 8181, project: airq, read: online, onlineHost: o.example, onlinePort: 4406, pollIntervalMs: 5000, jobTimeoutMs: 60000, timeTravelFormat: DELTA, groupType: stream }',
    ],
    ['modelRegistry: { kind: comet, workspace: w, project: p, baseUrl: "http://127.0.0.1:8080" }'],
    ['modelRegistry: { kind: mlflow, trackingUri: "https://mlflow.example/tracking", experiment: air }'],
  ])('%s', (keys) => {
    const { featureStore, modelRegistry } = parseConfig(withKeys(keys), 'c.yaml')
    expect([featureStore.kind, modelRegistry.kind]).not.toEqual(['sqlite', 'local'])
  })

  test('reads are by what can be reached unless told otherwise', () => {
    const { featureStore } = parseConfig(withKeys('featureStore: { kind: hopsworks, host: h }'), 'c.yaml')
    expect(featureStore).toEqual({ kind: 'hopsworks', host: 'h', read: 'auto' })
  })
})

describe('what is wrong with it, and exactly where', () => {
  test.each([
    [
      'featureStore: { kind: hopswork }',
      '2:23 featureStore.kind must be one of sqlite, hopsworks, not "hopswork"; did you mean "hopsworks"?',
    ],
    [
      'featureStore: { kind: hopsworks, hots: h }',
      '2:34 featureStore.hots is not a key of the configuration; did you mean "host"?',
    ],
    [
      'featureStore: { kind: hopsworks, api_key: s3cret }',
      '2:34 featureStore.api_key is not a key of the configuration; a secret is never in the configuration: set FS_API_KEY or COMET_API_KEY in the environment',
    ],
    [
      'featureStore: { kind: sqlite, host: h }',
      '2:31 featureStore.host is not a key of the configuration; did you mean "featureStore.host"?',
    ],
    ['featureStore: { host: h }', '2:15 featureStore.kind is missing'],
    [
      'featureStore: { kind: hopsworks, read: onlin }',
      '2:40 featureStore.read must be one of auto, online, export, not "onlin"; did you mean "online"?',
    ],
    [
      'featureStore: { kind: hopsworks, port: 70000 }',
      '2:40 featureStore.port must be at most 65535, not 70000',
    ],
    [
      'modelRegistry: { kind: comet, workspce: w }',
      '2:31 modelRegistry.workspce is not a key of the configuration; did you mean "workspace"?',
    ],
    [
      'modelRegistry: { kind: mlflow, tracking_url: x }',
      '2:32 modelRegistry.tracking_url is not a key of the configuration; did you mean "trackingUri"?',
    ],
    [
      'modelRegistry: { kind: mlflow, trackingUri: "u:s3cret@x" }',
      '2:45 modelRegistry.trackingUri must be a whole http address, such as https://example.org',
    ],
    [
      'modelRegistry: { kind: mlflow, trackingUri: ./mlruns }',
      '2:45 modelRegistry.trackingUri must be a whole http address, such as https://example.org',
    ],
  ])('%s', (keys, problem) => {
    const problems = problemsIn(withKeys(keys))
    expect(problems).toEqual([problem])
    expect(problems.join()).not.toContain('s3cret')
  })
})

describe('where jobs run', () => {
  test.each<[string, object]>([
    ['', { kind: 'process' }],
    ["jobs: { kind: docker, image: 'ghcr.io/me/{app}:1' }", { kind: 'docker', image: 'ghcr.io/me/{app}:1' }],
    [
      'jobs: { kind: azure-ml, resourceGroup: g, workspace: www }',
      {
        ...{ kind: 'azure-ml', resourceGroup: 'g', workspace: 'www' },
        ...{ environment: '{app}@latest', pollIntervalMs: 5000 },
      },
    ],
  ])('%s', (keys, jobs) => {
    expect(parseConfig(withKeys(keys), 'c.yaml').jobs).toEqual(jobs)
  })

  test.each([
    [
      'jobs: { kind: azureml }',
      'jobs.kind must be one of process, docker, azure-ml, not "azureml"; did you mean "azure-ml"?',
    ],
    ['jobs: { kind: docker }', 'jobs.image is missing'],
    ['jobs: { kind: azure-ml, resourceGroup: g }', 'jobs.workspace is missing'],
    [
      'jobs: { kind: azure-ml, resourceGroup: g, workspace: www, keyVaultURL: x }',
      'jobs.keyVaultURL is not a key of the configuration; did you mean "keyVaultUrl"?',
    ],
    ["jobs: { kind: docker, image: '{app}/{app}' }", 'jobs.image must hold {app} once at most'],
    [
      'jobs: { kind: docker, image: a, user: root }',
      'jobs.user must be a number or two, such as 1000:1000, not "root"',
    ],
    [
      'jobs: { kind: azure-ml, resourceGroup: g, workspace: www, identity: me }',
      'jobs.identity must be the client id of a managed identity, not "me"',
    ],
  ])('%s', (keys, problem) => {
    expect(problemsIn(withKeys(keys)).join()).toContain(problem)
  })
})
