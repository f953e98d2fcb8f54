import { describe, expect, test } from 'vitest'

import type { HourlyReading } from '../../src/index.ts'
import type { Chunk, WeatherHour } from '../../src/sources/open-meteo/index.ts'
import { BEIJING, collect, days, failure, hoursOf, openStage, type Stage } from './support.ts'

const RANGE = days('2025-01-01', '2025-03-31')

const positionAfter = (chunks: readonly Chunk<unknown>[]) => chunks.at(-1)?.resume ?? 'nowhere'

describe('a backfill', () => {
  test('is split so that no request counts more than once', async () => {
    const { client, fake } = await openStage('2026-03-04T10:00:00Z')
    const chunks = await collect(client.airQuality(BEIJING, RANGE).chunks())
    expect(hoursOf(chunks)).toHaveLength(90 * 24)
    expect(fake.requests.map(({ weight }) => weight)).toEqual([1, 1, 1, 1])
    expect(chunks.at(-1)?.resume).toBeNull()
    expect(chunks.every(({ attributions }) => attributions.length > 0)).toBe(true)
  })

  test('begins anew each time it is read', async () => {
    const { client } = await openStage('2026-03-04T10:00:00Z')
    const stream = client.airQuality(BEIJING, RANGE)
    expect(await collect(stream)).toEqual(await collect(stream))
  })

  test('goes on where it was broken off, running means included', async () => {
    const { client } = await openStage('2026-03-04T10:00:00Z')
    const whole = await collect(client.airQuality(BEIJING, RANGE))

    const kept: Chunk<HourlyReading>[] = []
    for await (const chunk of client.airQuality(BEIJING, RANGE).chunks()) {
      kept.push(chunk)
      if (kept.length === 2) break
    }
    const rest = await collect(client.airQuality(BEIJING, RANGE, { resume: positionAfter(kept) }))
    expect([...hoursOf(kept), ...rest]).toEqual(whole)
    expect(hoursOf(kept).length).toBeGreaterThan(0)
    expect(rest.length).toBeGreaterThan(0)
  })

  test('that fails has given away what came before', async () => {
    const { client, fake } = await openStage('2026-03-04T10:00:00Z')
    const kept: Chunk<WeatherHour>[] = []
    const run = async () => {
      for await (const chunk of client.weatherArchive(BEIJING, RANGE).chunks()) {
        kept.push(chunk)
        fake.fail('daily')
      }
    }
    expect(await failure(run())).toMatchObject({ code: 'rate-limit' })
    const rest = await collect(client.weatherArchive(BEIJING, RANGE, { resume: positionAfter(kept) }))
    expect(hoursOf(kept)).toHaveLength(22 * 24 + 8)
    expect(hoursOf(kept).length + rest.length).toBe(90 * 24)
  })

  test.each(['2024-06-01', 'yesterday', ''])('cannot go on at %j', async (resume) => {
    const { client } = await openStage('2026-03-04T10:00:00Z')
    expect(() => client.airQuality(BEIJING, RANGE, { resume })).toThrow(
      expect.objectContaining({ code: 'bad-span' }),
    )
  })

  test('that ends before it begins, or in no zone, is refused at once', async () => {
    const { client } = await openStage('2026-03-04T10:00:00Z')
    expect(() => client.airQuality(BEIJING, days('2025-01-02', '2025-01-01'))).toThrow(
      expect.objectContaining({ code: 'bad-span' }),
    )
    expect(() => client.airQuality(BEIJING, days('2025-01-01', '2025-01-02', 'Mars/Base'))).toThrow(
      expect.objectContaining({ code: 'bad-time-zone' }),
    )
  })
})

describe('64. days that the source does not have', () => {
  const early = days('2022-06-01', '2022-08-03')

  test('are an error that says which it has', async () => {
    const { client } = await openStage('2026-03-04T10:00:00Z')
    expect(await failure(collect(client.airQuality(BEIJING, early)))).toMatchObject({
      code: 'out-of-range',
      fault: 'input',
      retryable: false,
      allowed: { from: '2022-08-01', to: '2026-03-10' },
    })
  })

  const clipped = async ({ client }: Stage) =>
    collect(client.airQuality(BEIJING, early, { clip: true }).chunks())

  test('are left away with a warning on demand, and asked for once', async () => {
    const stage = await openStage('2026-03-04T10:00:00Z')
    const chunks = await clipped(stage)
    const hours = hoursOf(chunks)
    expect(hours[0]?.hour).toBe('2022-08-01T08')
    expect(hours.at(-1)?.hour).toBe('2022-08-03T23')
    expect(chunks.flatMap(({ warnings }) => warnings.map(({ code }) => code))).toContain('clipped')
    expect(stage.fake.requests.map(({ status }) => status)).toEqual([400, 200])
  })

  test('may be ahead of the first day without being missed', async () => {
    const { client, fake } = await openStage('2026-03-04T10:00:00Z')
    const range = days('2022-08-01', '2022-08-02', 'UTC')
    const chunks = await collect(client.airQuality(BEIJING, range).chunks())
    expect(hoursOf(chunks)).toHaveLength(48)
    expect(chunks.flatMap(({ warnings }) => warnings)).toEqual([])
    expect(fake.requests.map(({ status }) => status)).toEqual([400, 200])
  })
})
