import { expect } from 'vitest'

import { startFakeHopsworks, type FakeHopsworks, type FakeHopsworksOptions } from '../../src/testing/index.ts'

export const STORE = '/project/119/featurestores/67'

interface Answer {
  readonly status: number
  readonly body: unknown
  readonly headers: Headers
}

export interface Asked {
  readonly json?: unknown
  readonly body?: string | FormData
  readonly headers?: Readonly<Record<string, string>>
}

/** A client that adds nothing of its own but the key. */
function client({ baseUrl, apiKey }: FakeHopsworks) {
  return async (method: string, path: string, { json, body, headers }: Asked = {}): Promise<Answer> => {
    const response = await fetch(`${baseUrl}/hopsworks-api/api${path}`, {
      method,
      headers: {
        authorization: `ApiKey ${apiKey}`,
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      ...(body === undefined ? {} : { body }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type') === 'application/json'
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
  }
}

/** A fake, and a client of it. */
export async function started(options?: FakeHopsworksOptions) {
  const fake = await startFakeHopsworks(options)
  return { fake, ask: client(fake), [Symbol.asyncDispose]: () => fake.close() }
}

export const feature = (name: string, type: string, more: object = {}) => ({ name, type, ...more })
export const FEATURES = [
  feature('station', 'string', { primary: true }),
  feature('at', 'bigint', { hudiPrecombineKey: true }),
  feature('aqi', 'double'),
]
export const group = (changes: object = {}) => ({
  ...{ type: 'cachedFeaturegroupDTO', name: 'g', version: 1, description: 'A group.', eventTime: 'at' },
  ...{ onlineEnabled: true, timeTravelFormat: 'HUDI', features: FEATURES, ...changes },
})
/** An answer with this status and this code in its envelope. */
export const refusal = (status: number, errorCode: number) => ({
  status,
  body: expect.objectContaining({ errorCode }) as unknown,
})
