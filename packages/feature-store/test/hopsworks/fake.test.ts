import { describe, expect, test } from 'vitest'

import { feature, FEATURES, group, refusal, started, STORE } from './raw-client.ts'

describe('who asks', () => {
  test.each([
    ['without a key', {}, 401, 200003],
    ['with another scheme', { authorization: 'Basic abc' }, 401, 200003],
    ['with a key of one part', { authorization: 'ApiKey fakePrefix' }, 401, 320012],
    ['with a wrong secret', { authorization: 'ApiKey fakePrefix.no' }, 401, 320012],
    ['with an unknown prefix', { authorization: 'ApiKey other.no' }, 401, 320013],
  ])('%s is refused', async (_, headers: Record<string, string>, status, code) => {
    await using world = await started()
    const { baseUrl } = world.fake
    const response = await fetch(`${baseUrl}/hopsworks-api/api/project`, { headers: new Headers(headers) })
    expect(response.status).toBe(status)
    expect(response.headers.get('www-authenticate')).not.toBeNull()
    expect(await response.json()).toMatchObject({ errorCode: code, errorMsg: expect.any(String) as string })
  })

  test('sees the versions without a key, and no other variable', async () => {
    await using world = await started()
    const { baseUrl } = world.fake
    expect((await fetch(`${baseUrl}/hopsworks-api/api/variables/versions`)).status).toBe(200)
    expect((await fetch(`${baseUrl}/hopsworks-api/api/variables/fg_preview_limit`)).status).toBe(401)
  })

  test.each([
    ['GET', '/project/nowhere/credentials', 404, 150004],
    ['GET', '/project/7/credentials', 403, 160000],
    ['GET', '/variables/nothing', 404, 100050],
    ['GET', '/no/such/route', 404, 120004],
    ['PATCH', '/project', 405, 120004],
    ['GET', STORE.replace('67', '68'), 404, 270008],
  ])('%s %s is answered %i/%i', async (method, path, status, code) => {
    await using world = await started()
    expect(await world.ask(method, path)).toMatchObject(refusal(status, code))
  })
})

describe('feature groups', () => {
  test('are made with 201, found by name as a list of one, by id as one', async () => {
    await using world = await started()
    const made = await world.ask('POST', `${STORE}/featuregroups`, { json: group() })
    expect(made).toMatchObject({
      status: 201,
      body: { name: 'g', version: 1, onlineTopicName: 'airq_onlinefs' },
    })
    const { id } = made.body as { id: number }
    expect((await world.ask('GET', `${STORE}/featuregroups/g?version=1`)).body).toMatchObject([{ id }])
    expect((await world.ask('GET', `${STORE}/featuregroups/${String(id)}`)).body).toMatchObject({ id })
    expect(await world.ask('GET', `${STORE}/featuregroups/g?version=2`)).toMatchObject(refusal(404, 270009))
    expect(await world.ask('GET', `${STORE}/featuregroups/other`)).toMatchObject(refusal(422, 120001))
    const next = await world.ask('POST', `${STORE}/featuregroups`, { json: group({ version: null }) })
    expect(next.body).toMatchObject({ version: 2 })
  })

  test.each<[string, object, number, number]>([
    ['capitals in its name', { name: 'Group' }, 400, 270091],
    ['a long description', { description: 'x'.repeat(257) }, 400, 270092],
    ['a bad feature name', { features: [...FEATURES, feature('9', 'int')] }, 400, 270040],
    ['a feature without a type', { features: [...FEATURES, feature('b', '')] }, 400, 270212],
    ['a feature twice', { features: [...FEATURES, feature('aqi', 'int')] }, 400, 270224],
    ['no key, kept by Hudi', { features: FEATURES.slice(1) }, 400, 270121],
    ['an event time that is no feature', { eventTime: 'then' }, 400, 270172],
    ['an event time of another type', { eventTime: 'aqi' }, 400, 270171],
    ['version 0', { version: 0 }, 400, 270059],
    [
      'a key that is no online key',
      { features: [feature('k', 'double', { primary: true }), ...FEATURES] },
      500,
      270176,
    ],
    [
      'a row too wide',
      { features: [...FEATURES, feature('w', 'string', { onlineType: 'varchar(9000)' })] },
      500,
      270176,
    ],
  ])('with %s are refused', async (_, changes, status, code) => {
    await using world = await started()
    expect(await world.ask('POST', `${STORE}/featuregroups`, { json: group(changes) })).toMatchObject(
      refusal(status, code),
    )
  })

  test('that exist are refused before anything else is looked at', async () => {
    await using world = await started()
    await world.ask('POST', `${STORE}/featuregroups`, { json: group() })
    const again = group({ features: [...FEATURES, ...FEATURES] })
    expect(await world.ask('POST', `${STORE}/featuregroups`, { json: again })).toMatchObject(
      refusal(400, 270089),
    )
  })

  test('take features at their end, and no other change', async () => {
    await using world = await started()
    const { id } = (await world.ask('POST', `${STORE}/featuregroups`, { json: group() })).body as {
      id: number
    }
    const path = `${STORE}/featuregroups/${String(id)}?updateMetadata=true`
    const more = { json: group({ features: [...FEATURES, feature('b', 'int')] }) }
    expect((await world.ask('PUT', path, more)).status).toBe(200)
    const fewer = { json: group({ features: FEATURES.slice(0, 2) }) }
    expect(await world.ask('PUT', path, fewer)).toMatchObject(refusal(400, 270114))
  })
})

describe('previews and files', () => {
  test('a preview has a cap, and texts alone', async () => {
    await using world = await started({ quotas: { previewRows: 5 } })
    const { id } = (await world.ask('POST', `${STORE}/featuregroups`, { json: group() })).body as {
      id: number
    }
    const path = `${STORE}/featuregroups/${String(id)}/preview?storage=offline&limit=`
    expect((await world.ask('GET', `${path}5`)).body).toMatchObject({ items: [] })
    expect(await world.ask('GET', `${path}6`)).toMatchObject(refusal(422, 120001))
  })

  test('a path that is not there: 400 to look at, 500 to delete', async () => {
    await using world = await started()
    const path = '/project/119/dataset/Resources%2Fnothing.txt'
    expect(await world.ask('GET', path)).toMatchObject(refusal(400, 110018))
    expect(await world.ask('DELETE', path)).toMatchObject(refusal(500, 110007))
    expect(await world.ask('GET', '/project/119/dataset/Nowhere/x')).toMatchObject(refusal(400, 110011))
  })
})
