import { describe, expect, test } from 'vitest'

import type { FakeHopsworksOptions } from '../../src/testing/index.ts'
import { group, refusal, started, STORE, type Asked } from './raw-client.ts'

describe('an ingestion', () => {
  const csv = (text: string, folder: string, changes: Readonly<Record<string, string>> = {}): Asked => {
    const form = new FormData()
    const fields = {
      ...{
        templateId: '-1',
        flowChunkSize: '1000',
        flowTotalSize: String(text.length),
        flowIdentifier: `${folder}f`,
      },
      ...{ flowFilename: 'f.csv', flowRelativePath: 'f.csv', flowTotalChunks: '1', flowChunkNumber: '1' },
      ...{ flowCurrentChunkSize: String(text.length), ...changes },
    }
    for (const [name, value] of Object.entries(fields)) form.set(name, value)
    form.set('file', new Blob([text]), 'f.csv')
    return { body: form }
  }

  async function prepared(options?: FakeHopsworksOptions, ingestion: object = {}) {
    const world = await started(options)
    const { id } = (await world.ask('POST', `${STORE}/featuregroups`, { json: group() })).body as {
      id: number
    }
    const header = { dataFormat: 'CSV', dataOptions: [{ name: 'header', value: 'true' }] }
    const body = { ...header, writeOptions: [], sparkJobConfiguration: null, ...ingestion }
    const answer = await world.ask('POST', `${STORE}/featuregroups/${String(id)}/ingestion`, { json: body })
    const { dataPath, job } = answer.body as { dataPath: string; job: { name: string } }
    const upload = `/project/119/dataset/upload/${encodeURIComponent(dataPath)}`
    const executions = `/project/119/jobs/${job.name}/executions`
    const start = () => world.ask('POST', executions, { body: '', headers: { 'content-type': 'text/plain' } })
    return { ...world, id, upload, start, executions, dataPath }
  }

  test('makes a folder and a job and starts neither; an upload, a start, and both copies hold the rows', async () => {
    await using world = await prepared()
    expect(world.fake.executions()).toEqual([])
    const uploaded = await world.ask('POST', world.upload, csv('station,at,aqi\nb,1,1.5\n', world.dataPath))
    expect(uploaded.body).toMatchObject({ successMessage: expect.stringContaining(world.dataPath) as string })
    expect(await world.start()).toMatchObject({ status: 201, body: { finalStatus: 'UNDEFINED' } })
    await world.ask('GET', world.executions)
    expect(world.fake.rows('offline', 'g')).toEqual([{ station: 'b', at: 1, aqi: 1.5 }])
    expect(world.fake.rows('online', 'g')).toEqual([{ station: 'b', at: 1, aqi: 1.5 }])
  })

  test.each([
    ['4.2.0', 'application/json', 415],
    ['4.2.0', 'application/x-www-form-urlencoded', 415],
    ['5.1.0', 'application/json', 201],
    ['5.1.0', 'application/x-www-form-urlencoded', 415],
  ])('on %s is started by %s: %i', async (version, type, status) => {
    await using world = await prepared({ behaviours: { version } })
    const answer = await world.ask('POST', world.executions, {
      body: '{}',
      headers: { 'content-type': type },
    })
    expect(answer.status).toBe(status)
  })

  test.each([
    ['the columns in another order', 'aqi,at,station\n1.5,1,b\n', { station: 'b', at: 1, aqi: 1.5 }],
    ['a number that is none', 'station,at,aqi\nb,1,many\n', { station: 'b', at: 1, aqi: null }],
    ['a column too many: values shift', 'station,more,at,aqi\nb,9,1,2\n', { station: 'b', at: 9, aqi: 1 }],
    ['doubled quotes: read wrong', 'station,at,aqi\n"a""b",1,2\n', { station: '"a""b"', at: 1, aqi: 2 }],
  ])('reads a file with %s', async (_, text, row) => {
    await using world = await prepared()
    await world.ask('POST', world.upload, csv(text, world.dataPath))
    await world.start()
    await world.ask('GET', world.executions)
    expect(world.fake.rows('offline', 'g')).toEqual([row])
  })

  test.each([
    ['without a column', 'station,at\nb,1\n', {}, /'aqi' is not in list/],
    [
      'without options',
      'station,at,aqi\nb,1,2\n',
      { dataOptions: null },
      /argument after \*\* must be a mapping/,
    ],
    ['of nothing', '', {}, /Unable to infer schema/],
  ])('%s fails in its job, and the log tells why', async (_, text, ingestion, log) => {
    await using world = await prepared({}, ingestion)
    await world.ask('POST', world.upload, csv(text, world.dataPath))
    const { id } = (await world.start()).body as { id: number }
    const execution = await world.ask('GET', `${world.executions}/${String(id)}`)
    expect(execution.body).toMatchObject({ finalStatus: 'FAILED' })
    const told = await world.ask('GET', `${world.executions}/${String(id)}/log/err`)
    expect((told.body as { log: string }).log).toMatch(log)
  })

  test('twice within a second is one job, which reads the newer folder', async () => {
    await using world = await prepared({ clock: { now: () => 1_767_000_000_000 } })
    const path = `${STORE}/featuregroups/${String(world.id)}/ingestion`
    const again = await world.ask('POST', path, { json: { dataOptions: [] } })
    expect((again.body as { job: { name: string } }).job.name).toBe(world.executions.split('/')[4])
  })

  test('with an option twice is refused', async () => {
    await using world = await prepared()
    const option = { name: 'header', value: 'true' }
    const json = { dataOptions: [option, option] }
    const path = `${STORE}/featuregroups/${String(world.id)}/ingestion`
    expect(await world.ask('POST', path, { json })).toMatchObject(refusal(400, 120002))
  })

  test('never takes a file twice, waits for ever for bytes that were not told, and wants every field', async () => {
    await using world = await prepared()
    const { ask, upload, dataPath } = world
    const short = await ask('POST', upload, csv('station', dataPath, { flowCurrentChunkSize: '3' }))
    expect(short.body).toEqual({ successMessage: 'Uploading...' })
    const other = { flowIdentifier: 'second', flowFilename: 'second.csv' }
    await ask('POST', upload, csv('station', dataPath, other))
    expect(await ask('POST', upload, csv('station', dataPath, other))).toMatchObject(refusal(400, 110012))
    const none = csv('station', dataPath, { flowIdentifier: '' })
    expect(await ask('POST', upload, none)).toMatchObject(refusal(400, 110042))
    expect(await ask('POST', upload, { json: {} })).toMatchObject(refusal(415, 120004))
  })
})
