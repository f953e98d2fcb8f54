import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { describe, expect, test } from 'vitest'

import { samplePackage } from '../../src/testing/index.ts'
import { startComet, type Opened } from './opened.ts'

const bin = fileURLToPath(new URL('../../src/testing/bin/airq-fake-comet.ts', import.meta.url))
const node = ['--conditions=@airq/source', bin]
const name = 'north-evening'

async function ask({ fake }: Opened, path: string, headers: Record<string, string> = {}) {
  const answer = await fetch(`${fake.baseUrl}/api/rest/v2${path}`, {
    headers: { authorization: fake.apiKey, ...headers },
  })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

describe('the fake', () => {
  test('takes the key as documented and as the Java client sends it, and nothing else', async () => {
    await using comet = await startComet()
    expect((await ask(comet, '/account-details')).body).toMatchObject({ defaultWorkspaceName: 'airq' })
    const java = await ask(comet, '/account-details', {
      authorization: '',
      'Comet-Sdk-Api': comet.fake.apiKey,
    })
    expect(java.status).toBe(401)
    const alone = await fetch(`${comet.fake.baseUrl}/api/isAlive/ver`, {
      headers: { 'Comet-Sdk-Api': comet.fake.apiKey },
    })
    expect(alone.status).toBe(200)
    expect(
      await ask(comet, '/account-details', { authorization: `Bearer ${comet.fake.apiKey}` }),
    ).toMatchObject({
      status: 401,
      body: { code: 401, sdk_error_code: 90212 },
    })
  })

  test('refuses as the service does: a missing model, a second stage, an unknown item', async () => {
    await using comet = await startComet({ hiddenReads: 0 })
    const details = `/registry-model/details?workspaceName=airq&modelName=${name}`
    expect(await ask(comet, details)).toMatchObject({ status: 400, body: { sdk_error_code: 42008 } })
    expect((await ask(comet, '/registry-model?workspaceName=airq')).body).toEqual({})
    await (await comet.open()).publish(samplePackage(), { name })
    const { body } = await ask(comet, details)
    const [version] = body['versions'] as { registryModelItemId: string }[]
    const stage = `/write/registry-model/item/stage?stage=production&modelItemId=`
    const item = version?.registryModelItemId ?? ''
    expect((await ask(comet, `${stage}${item}`)).status).toBe(200)
    expect((await ask(comet, `${stage}${item}`)).status).toBe(400)
    expect((await ask(comet, `${stage}unknown`)).status).toBe(400)
  })

  test('shows a write after as many reads as it was told', async () => {
    await using comet = await startComet({ hiddenReads: 0 })
    await (await comet.open()).publish(samplePackage(), { name })
    comet.fake.set({ hiddenReads: 2 })
    const [run] = comet.fake.experiments()
    await fetch(`${comet.fake.baseUrl}/api/rest/v2/write/experiment/log-other`, {
      method: 'POST',
      headers: { authorization: comet.fake.apiKey, 'content-type': 'application/json' },
      body: JSON.stringify({ experimentKey: run?.key, key: 'late', value: 'yes' }),
    })
    const isShown = async (): Promise<boolean> =>
      JSON.stringify(
        (await ask(comet, `/experiment/log-other?experimentKey=${run?.key ?? ''}`)).body,
      ).includes('late')
    expect([await isShown(), await isShown(), await isShown()]).toEqual([false, false, true])
  })

  test('from the command line: says where it is, fails as told, stops on a signal', async () => {
    const child = spawn(process.execPath, [...node, '--fail', 'GET:account-details:503'])
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
    const { baseUrl, apiKey } = JSON.parse(line) as { baseUrl: string; apiKey: string }
    const account = () =>
      fetch(`${baseUrl}/api/rest/v2/account-details`, { headers: { authorization: apiKey } })
    expect([(await account()).status, (await account()).status]).toEqual([503, 200])
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  test('from the command line: what it does not know exits 2', () => {
    for (const args of [['--zip', 'nope'], ['--port', 'x'], ['--fail', 'GET'], ['--what']]) {
      const { status, stderr } = spawnSync(process.execPath, [...node, ...args], { encoding: 'utf8' })
      expect(status).toBe(2)
      expect(stderr).toMatch(/^airq-fake-comet: /)
    }
  })
})
