import { createHttpClient } from '@airq/http'
import { describe, expect, test, vi } from 'vitest'

import { openMlflowRegistry } from '../../src/mlflow/index.ts'
import { samplePackage } from '../../src/testing/index.ts'
import { startMlflow } from './opened.ts'
import { raw } from './raw.ts'

vi.setConfig({ testTimeout: 30_000 })

const name = 'north-evening'
const token = 'tok-4711-secret'

/** Everything an error can tell, its causes included. */
function everythingOf(error: unknown): string {
  const parts: string[] = []
  for (let at = error; at instanceof Error; at = at.cause) {
    parts.push(JSON.stringify(at, Object.getOwnPropertyNames(at)), String(at), at.stack ?? '')
  }
  return parts.join('\n')
}

describe('credentials', () => {
  test('a token goes as bearer, a user and password as basic', async () => {
    await using mlflow = await startMlflow({ auth: { token } })
    expect((await (await mlflow.open({ token })).publish(samplePackage(), { name })).created).toBe(true)
    mlflow.fake.set({ auth: { username: 'ann', password: 'pass:wörd' } })
    expect(await (await mlflow.open({ username: 'ann', password: 'pass:wörd' })).names()).toEqual([name])
  })

  test.each([
    ['a wrong token', { token: 'tok-wrong-secret' }],
    ['a wrong password', { username: 'ann', password: 'pass-wrong-secret' }],
    ['none', {}],
  ])('%s is unauthorized, and not told', async (_, options) => {
    await using mlflow = await startMlflow({ auth: { token } })
    const error: unknown = await (await mlflow.open(options)).names().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'ModelRegistryError', code: 'unauthorized', fault: 'input' })
    expect(everythingOf(error)).not.toContain('secret')
    expect(mlflow.fake.requests).toHaveLength(1)
  })

  test('a token that runs out in the middle of a publish is renewed where there is a source of tokens', async () => {
    await using mlflow = await startMlflow({ auth: { token: 'first' } })
    // The source hands the old token over once more before it has the new one.
    let left = Number.POSITIVE_INFINITY
    const registry = await mlflow.open({
      token: () => {
        left -= 1
        return Promise.resolve(left >= 0 ? 'first' : 'second')
      },
    })
    const { artifacts } = mlflow.fake
    const set = artifacts.set.bind(artifacts)
    artifacts.set = (path, content) => {
      if (path.endsWith('params.json')) {
        mlflow.fake.set({ auth: { token: 'second' } })
        left = 1
      }
      return set(path, content)
    }
    const { version } = await registry.publish(samplePackage(), { name })
    expect(await registry.fetch(version)).toEqual(samplePackage())
    expect(mlflow.fake.requests.filter(({ status }) => status === 401)).toHaveLength(1)
  })

  test('and where there is none, the publish is completed with a new token', async () => {
    await using mlflow = await startMlflow({ auth: { token: 'first' } })
    const { artifacts } = mlflow.fake
    const set = artifacts.set.bind(artifacts)
    artifacts.set = (path, content) => {
      mlflow.fake.set({ auth: { token: 'second' } })
      return set(path, content)
    }
    await expect(
      (await mlflow.open({ token: 'first' })).publish(samplePackage(), { name }),
    ).rejects.toMatchObject({ code: 'unauthorized' })
    const registry = await mlflow.open({ token: 'second' })
    const { version } = await registry.publish(samplePackage(), { name })
    expect(await registry.fetch(version)).toEqual(samplePackage())
    mlflow.fake.set({ auth: null })
    expect(await raw(mlflow.fake).versions(name)).toHaveLength(1)
    expect(await raw(mlflow.fake).runs(name)).toHaveLength(1)
  })

  test.each([
    ['over http', 'http://mlflow.example', []],
    ['to a host nobody trusts', 'https://mlflow.example', ['other.example']],
  ])('a secret does not go %s: nothing is sent', async (_, baseUrl, trustedHosts) => {
    let sent = 0
    const transport = () => {
      sent += 1
      return Promise.reject(new Error('no network'))
    }
    const http = createHttpClient({ transport, trustedHosts })
    const registry = await openMlflowRegistry({ baseUrl, token, http })
    const error: unknown = await registry.names().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'ModelRegistryError', code: 'untrusted-host' })
    expect(everythingOf(error)).not.toContain(token)
    expect(sent).toBe(0)
  })

  test.each([
    ['no URL', { baseUrl: 'mlflow.example' }],
    ['another protocol', { baseUrl: 'ftp://mlflow.example' }],
    ['a password in the URL', { baseUrl: 'http://ann:pw-secret@127.0.0.1:1' }],
    ['a query', { baseUrl: 'http://127.0.0.1:1/?token=pw-secret' }],
    [
      'token and password',
      { baseUrl: 'http://127.0.0.1:1', token: 'pw-secret', username: 'a', password: 'b' },
    ],
    ['a user without password', { baseUrl: 'http://127.0.0.1:1', username: 'pw-secret' }],
    ['an empty experiment', { baseUrl: 'http://127.0.0.1:1', experiment: ' ' }],
    ['a negative time', { baseUrl: 'http://127.0.0.1:1', readyTimeoutMs: -1 }],
  ])('%s is refused when it is opened, and not told', async (_, options) => {
    const error: unknown = await openMlflowRegistry(options).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'ModelRegistryError', code: 'bad-arguments', fault: 'input' })
    expect(everythingOf(error)).not.toContain('secret')
  })
})
