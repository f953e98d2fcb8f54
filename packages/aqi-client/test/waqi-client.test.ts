import { expect, test } from 'vitest'
import { AqiError } from '../src/index.ts'
import { createWaqiClient, safe } from '../src/sources/waqi/index.ts'
import { startFakeWaqi } from '../src/testing/index.ts'
import { everythingSaid } from './support/everything-said.ts'
import { BEIJING, TOKEN } from './support/waqi.ts'

test('the client can be handed in whole', async () => {
  await using fake = await startFakeWaqi({ token: TOKEN })
  const http = { call: () => Promise.reject(new TypeError(TOKEN)) }
  const client = createWaqiClient({ token: TOKEN, baseUrl: fake.baseUrl, http })
  const outcome = await safe(() => client.latest(BEIJING))
  expect(outcome).toMatchObject({ ok: false, error: { code: 'network' } })
  expect(everythingSaid(outcome.ok ? null : outcome.error)).not.toContain(TOKEN)
})

test.each([
  { baseUrl: 'ftp://api.waqi.info' },
  { baseUrl: 'no url' },
  { baseUrl: 'https://me:secret@api.waqi.info' },
  { baseUrl: 'https://api.waqi.info/?token=x' },
  { maxRetries: -1 },
  { maxAgeMs: NaN },
  { timeoutMs: 0 },
])('options that make no sense are refused at once: %o', (options) => {
  const create = () => createWaqiClient({ token: TOKEN, ...options })
  expect(create).toThrow(AqiError)
  expect(create).toThrow(expect.objectContaining({ code: 'config', fault: 'input' }))
})
