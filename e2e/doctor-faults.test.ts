import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { doctorWorld } from './support/doctor-world.ts'

/** Every service is there, and one thing is wrong. */

type World = Awaited<ReturnType<typeof doctorWorld>>

let world: World
beforeAll(async () => {
  world = await doctorWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

/** What a server says, with another time on it. */
async function dated(target: string, date: string) {
  const server = createServer((request, response) => {
    void fetch(new URL(request.url ?? '/', target)).then(async (answer) => {
      response.writeHead(answer.status, { date, 'content-type': 'application/json' })
      response.end(await answer.text())
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    baseUrl: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

const often = { times: 50 }
test.each<[string, string, (there: World) => void, RegExp]>([
  [
    'WAQI refuses the token (401)',
    'waqi',
    ({ waqi }) => {
      waqi.faults.next('37 invalid key, 401', 9)
    },
    /AQI_TOKEN=</,
  ],
  [
    'WAQI refuses the token (403)',
    'waqi',
    ({ waqi }) => {
      waqi.faults.next('37 invalid key, 403', 9)
    },
    /AQI_TOKEN=</,
  ],
  [
    'WAQI has had enough (429)',
    'waqi',
    ({ waqi }) => {
      waqi.faults.next('38 over quota, 429', 9)
    },
    /^Wait/,
  ],
  [
    'WAQI cuts the line',
    'waqi',
    ({ waqi }) => {
      waqi.faults.next('74 connection reset', 9)
    },
    /network/,
  ],
  [
    'WAQI never answers',
    'waqi',
    ({ waqi }) => {
      waqi.faults.next('73 no answer in time', 9)
    },
    /network/,
  ],
  [
    'Open-Meteo is overloaded',
    'open-meteo',
    ({ openMeteo }) => {
      openMeteo.fail('overloaded', 4)
    },
    /try again later/,
  ],
  [
    'Hopsworks refuses the key (401)',
    'store',
    ({ hopsworks }) => {
      hopsworks.fail({ on: ['GET', '/project/'], effect: { status: 401, code: 200003 }, ...often })
    },
    /FS_API_KEY=</,
  ],
  [
    'the key of Hopsworks lacks a scope (403)',
    'store',
    ({ hopsworks }) => {
      hopsworks.fail({ on: ['GET', '/project/'], effect: { status: 403, code: 320004 }, ...often })
    },
    /scope PROJECT/,
  ],
  [
    'Hopsworks has no such project (404)',
    'store',
    ({ hopsworks }) => {
      hopsworks.fail({ on: ['GET', '/project/'], effect: { status: 404, code: 150004 }, ...often })
    },
    /name of the project/,
  ],
  [
    'Hopsworks has had enough (429)',
    'store',
    ({ hopsworks }) => {
      hopsworks.fail({ on: ['GET', '/project/'], effect: { status: 429, code: 120000 }, ...often })
    },
    /later/,
  ],
  [
    'Comet refuses the key (401)',
    'registry',
    ({ comet }) => {
      comet.fail({ effect: { status: 401 }, ...often })
    },
    /COMET_API_KEY=</,
  ],
  [
    'Comet has had enough (429)',
    'registry',
    ({ comet }) => {
      comet.fail({ effect: { status: 429 }, ...often })
    },
    /later/,
  ],
  [
    'Azure has had enough (429)',
    'azure',
    ({ azure }) => {
      azure.set({ perSecond: 0 })
    },
    /./,
  ],
  [
    'Azure never answers',
    'azure',
    ({ azure }) => {
      azure.fail({ on: ['GET', '/subscriptions/'], effect: { silent: true }, ...often })
    },
    /network/,
  ],
  [
    'the role is missing on the workspace',
    'azure-rights',
    ({ azure }) => {
      azure.set({ role: 'reader' })
    },
    /az role assignment create/,
  ],
  [
    'an environment was never registered',
    'azure-environment training-app',
    ({ azure }) => {
      azure.fail({
        on: ['GET', '/environments/training-app'],
        effect: { status: 404, code: 'UserError' },
        ...often,
      })
    },
    /^deploy-environment .*--app training-app --image </,
  ],
  [
    'the Key Vault is closed',
    'key-vault',
    ({ azure }) => {
      azure.set({ vaultReadable: false })
    },
    /Key Vault Secrets User/,
  ],
])('%s: %s alone is red, with its step', async (_what, id, break_, step) => {
  break_(world)
  try {
    const { code, failed, summary } = await world.examine()
    expect(failed.map((check) => check.id)).toEqual([id])
    expect(failed[0]?.next?.command ?? failed[0]?.next?.text).toMatch(step)
    expect(summary['next']).toEqual(failed[0]?.next)
    expect(code).toBe(1)
  } finally {
    world.heal()
  }
})

test.each([
  ['a certificate that nobody trusts', { NODE_EXTRA_CA_CERTS: '' }, ['azure']],
  ['nobody listens', { COMET_URL_OVERRIDE: 'http://127.0.0.1:9' }, ['registry']],
  ['no subscription', { AZURE_SUBSCRIPTION_ID: '' }, ['azure-ids']],
  ['another workspace of Comet', { COMET_WORKSPACE: 'elsewhere' }, ['registry']],
])('%s', async (_what, env, ids) => {
  const { failed } = await world.examine([], env)
  expect(failed.map(({ id }) => id)).toEqual(ids)
  for (const { next } of failed) expect(next).not.toBeNull()
})

test('the clock is a day ahead of a server', async () => {
  const date = new Date(Date.now() - 86_400_000).toUTCString()
  await using yesterday = await dated(world.waqi.baseUrl, date)
  const { failed } = await world.examine([], { WAQI_BASE_URL: yesterday.baseUrl })
  expect(failed).toMatchObject([
    { id: 'clock', next: { kind: 'run', command: expect.stringContaining('ntp') } },
  ])
})

test('Open-Meteo hangs: the others are told all the same', async () => {
  const release = world.openMeteo.hold()
  try {
    const { failed, checks } = await world.examine()
    expect(failed.map(({ id }) => id)).toEqual(['open-meteo'])
    expect(checks.find(({ id }) => id === 'key-vault')?.status).toBe('ok')
  } finally {
    release()
  }
})
