import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'

import { startFakeMlflow, type FakeMlflow } from '../../src/testing/mlflow/index.ts'
import { raw } from './raw.ts'

vi.setConfig({ testTimeout: 30_000 })

const artifacts = '/api/2.0/mlflow-artifacts/artifacts'

interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string
}

async function ask(fake: FakeMlflow, method: string, path: string, body?: string): Promise<Answer> {
  const response = await fetch(`${fake.baseUrl}${path}`, { method, ...(body === undefined ? {} : { body }) })
  return {
    status: response.status,
    type: response.headers.get('content-type') ?? '',
    body: await response.text(),
  }
}

describe('the fake MLflow answers as MLflow 3.17 does', () => {
  let fake: FakeMlflow
  let run = ''
  beforeAll(async () => {
    fake = await startFakeMlflow()
    await raw(fake).call('POST', 'experiments/create', { name: 'e' })
    const made = (await raw(fake).call('POST', 'runs/create', { experiment_id: '1' })) as {
      run: { info: { run_id: string } }
    }
    run = made.run.info.run_id
    await raw(fake).call('POST', 'registered-models/create', { name: 'm' })
    for (let count = 0; count < 2; count += 1) {
      await raw(fake).call('POST', 'model-versions/create', { name: 'm', source: source(), run_id: run })
    }
    await raw(fake).call('POST', 'registered-models/alias', { name: 'm', alias: 'production', version: '1' })
    await raw(fake).call('POST', 'runs/log-batch', { run_id: run, params: [{ key: 'p', value: '1' }] })
  })
  afterAll(() => fake.close())

  const source = () => `mlflow-artifacts:/1/${run}/artifacts/model`
  const version = (more: object) => ({ name: 'm', run_id: run, source: source(), ...more })

  test.each<[string, () => readonly [string, string, object?], string, number]>([
    [
      'an unknown experiment',
      () => ['GET', 'experiments/get-by-name?experiment_name=x'],
      'RESOURCE_DOES_NOT_EXIST',
      404,
    ],
    [
      'an experiment that is there',
      () => ['POST', 'experiments/create', { name: 'e' }],
      'RESOURCE_ALREADY_EXISTS',
      400,
    ],
    ['an unknown run', () => ['GET', 'runs/get?run_id=x'], 'RESOURCE_DOES_NOT_EXIST', 404],
    [
      'a parameter that changes',
      () => ['POST', 'runs/log-batch', { run_id: run, params: [{ key: 'p', value: '2' }] }],
      'INVALID_PARAMETER_VALUE',
      400,
    ],
    [
      'a parameter twice',
      () => [
        'POST',
        'runs/log-batch',
        {
          run_id: run,
          params: [
            { key: 'q', value: '1' },
            { key: 'q', value: '1' },
          ],
        },
      ],
      'INVALID_PARAMETER_VALUE',
      400,
    ],
    [
      '101 parameters',
      () => [
        'POST',
        'runs/log-batch',
        {
          run_id: run,
          params: Array.from({ length: 101 }, (_, n) => ({ key: `k${String(n)}`, value: '1' })),
        },
      ],
      'INVALID_PARAMETER_VALUE',
      400,
    ],
    [
      'a tag that leads elsewhere',
      () => ['POST', 'runs/log-batch', { run_id: run, tags: [{ key: '../x', value: '1' }] }],
      'INVALID_PARAMETER_VALUE',
      400,
    ],
    [
      'a digest of 37 characters',
      () => [
        'POST',
        'runs/log-inputs',
        { run_id: run, datasets: [{ dataset: { name: 'd', digest: 'x'.repeat(37) } }] },
      ],
      'INVALID_PARAMETER_VALUE',
      400,
    ],
    ['a missing parameter', () => ['GET', 'registered-models/get'], 'INVALID_PARAMETER_VALUE', 400],
    ['an unknown model', () => ['GET', 'registered-models/get?name=x'], 'RESOURCE_DOES_NOT_EXIST', 404],
    [
      'a model that is there',
      () => ['POST', 'registered-models/create', { name: 'm' }],
      'RESOURCE_ALREADY_EXISTS',
      400,
    ],
    [
      'an unknown version',
      () => ['GET', 'model-versions/get?name=m&version=9'],
      'RESOURCE_DOES_NOT_EXIST',
      404,
    ],
    [
      'a version that is no number',
      () => ['GET', 'model-versions/get?name=m&version=x'],
      'INVALID_PARAMETER_VALUE',
      400,
    ],
    [
      'an unknown alias',
      () => ['GET', 'registered-models/alias?name=m&alias=x'],
      'INVALID_PARAMETER_VALUE',
      400,
    ],
    [
      'an alias of an unknown model',
      () => ['GET', 'registered-models/alias?name=x&alias=x'],
      'RESOURCE_DOES_NOT_EXIST',
      404,
    ],
    [
      'the alias latest',
      () => ['POST', 'registered-models/alias', { name: 'm', alias: 'Latest', version: '1' }],
      'INVALID_PARAMETER_VALUE',
      400,
    ],
    [
      'an alias like a version',
      () => ['POST', 'registered-models/alias', { name: 'm', alias: 'v1', version: '1' }],
      'INVALID_PARAMETER_VALUE',
      400,
    ],
    [
      'an alias with dots',
      () => ['POST', 'registered-models/alias', { name: 'm', alias: '1.0', version: '1' }],
      'INVALID_PARAMETER_VALUE',
      400,
    ],
    [
      'a tag beyond its length',
      () => [
        'POST',
        'model-versions/set-tag',
        { name: 'm', version: '1', key: 'k', value: 'x'.repeat(100_001) },
      ],
      'INVALID_PARAMETER_VALUE',
      400,
    ],
    [
      'a source on its disk',
      () => ['POST', 'model-versions/create', version({ source: '/etc' })],
      'INVALID_PARAMETER_VALUE',
      400,
    ],
    [
      'a source that climbs',
      () => ['POST', 'model-versions/create', version({ source: `${source()}/..%2f..` })],
      'INVALID_PARAMETER_VALUE',
      400,
    ],
    [
      'a source of another run',
      () => ['POST', 'model-versions/create', version({ run_id: undefined })],
      'INVALID_PARAMETER_VALUE',
      400,
    ],
    [
      'a version of an unknown model',
      () => ['POST', 'model-versions/create', version({ name: 'x' })],
      'RESOURCE_DOES_NOT_EXIST',
      404,
    ],
    [
      'a filter that is none',
      () => ['GET', 'model-versions/search?filter=foo'],
      'INVALID_PARAMETER_VALUE',
      400,
    ],
    [
      'a page too long',
      () => ['GET', 'model-versions/search?max_results=200001'],
      'INVALID_PARAMETER_VALUE',
      400,
    ],
  ])('%s is refused', async (_, request, code, status) => {
    const [method, path, body] = request()
    const answer = await ask(fake, method, `/api/2.0/mlflow/${path}`, body && JSON.stringify(body))
    expect(answer).toMatchObject({ status, type: 'application/json' })
    expect(JSON.parse(answer.body)).toMatchObject({ error_code: code, message: expect.any(String) as string })
  })

  test('a deleted version takes its alias with it, and its number is not used again', async () => {
    await using other = await startFakeMlflow()
    const { call } = raw(other)
    const made = (await call('POST', 'runs/create', {})) as {
      run: { info: { run_id: string; artifact_uri: string } }
    }
    const { run_id, artifact_uri } = made.run.info
    await call('POST', 'registered-models/create', { name: 'm' })
    const create = () => call('POST', 'model-versions/create', { name: 'm', source: artifact_uri, run_id })
    await create()
    await call('POST', 'registered-models/alias', { name: 'm', alias: 'production', version: '1' })
    await call('DELETE', 'model-versions/delete', { name: 'm', version: '1' })
    expect(await call('GET', 'registered-models/get?name=m')).not.toHaveProperty('registered_model.aliases')
    expect(await create()).toMatchObject({ model_version: { version: '2' } })
  })

  test.each(['..%2f..%2fetc', '%2fetc', 'a/..%252f..%252fb', 'c:%5cb', 'a%23b'])(
    'the artifact path %s is refused',
    async (path) => {
      const get = await ask(fake, 'GET', `${artifacts}/${path}`)
      const put = await ask(fake, 'PUT', `${artifacts}/${path}`, 'x')
      expect([get.status, put.status]).toEqual([400, 400])
    },
  )

  test('artifacts: what is put is got, listed by its base name, and replaced without a word', async () => {
    const place = `${artifacts}/1/${run}/artifacts/model/a.json`
    expect(await ask(fake, 'PUT', place, '1')).toMatchObject({ status: 200, body: '' })
    await ask(fake, 'PUT', place, '22')
    expect((await ask(fake, 'GET', place)).body).toBe('22')
    const listed = await ask(fake, 'GET', `${artifacts}?path=1/${run}/artifacts/model`)
    expect(JSON.parse(listed.body)).toEqual({ files: [{ path: 'a.json', is_dir: false, file_size: 2 }] })
    expect((await ask(fake, 'GET', '/model-versions/get-artifact?name=m&version=1&path=a.json')).body).toBe(
      '22',
    )
    expect((await ask(fake, 'GET', `${place}/none`)).status).toBe(404)
  })

  test('what it does not know is a page in HTML', async () => {
    expect(await ask(fake, 'GET', '/api/2.0/mlflow/logged-models/x')).toMatchObject({
      status: 404,
      type: expect.stringContaining('text/html') as string,
    })
  })

  test('64-bit integers are text where it is told so', async () => {
    await using old = await startFakeMlflow({ int64: 'text' })
    const answer = await raw(old).call('GET', 'experiments/get?experiment_id=0')
    expect(answer).toMatchObject({
      experiment: { creation_time: expect.stringMatching(/^\d{13}$/) as string },
    })
  })
})
