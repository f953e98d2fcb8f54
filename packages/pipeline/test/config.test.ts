import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadConfig, parseConfig } from '@airq/pipeline/config'
import { STATION, problemsIn, problemsOf, userErrorOf } from './support/config-problems.ts'

describe('what is right', () => {
  test('a station is enough; the rest has defaults', () => {
    expect(parseConfig(`stations:\n  - ${STATION}\n`, 'c.yaml')).toEqual({
      stations: [
        {
          id: 'beijing',
          name: 'Beijing',
          timeZone: 'Asia/Shanghai',
          source: { kind: 'aqicn-csv' },
          scale: 'us-epa-2015',
        },
      ],
      forecast: {
        decisions: ['end-of-day'],
        hours: { evening: 20, morning: 6 },
        coverage: 0.9,
        maxReadingAgeHours: 4,
        liveSkill: { days: 90, leastDays: 30, alarmAt: 0.05, fallback: false },
      },
      featureStore: { kind: 'sqlite' },
      modelRegistry: { kind: 'local' },
      training: {
        candidates: ['persistence', 'climatology', 'ewma', 'ridge', 'blend', 'global-blend'],
        testDays: 365,
        seed: 1,
        everyDays: 7,
        gate: { pValue: 0.1, minGain: 0.01, refitTolerance: 0.02 },
        hyperparameters: { from: 'config' },
      },
      weather: { kind: 'open-meteo' },
      jobs: { kind: 'process' },
      report: { publishObservations: false },
      watch: {
        staleHours: 12,
        staleDays: 3,
        missedHours: { feature: 7, inference: 30, training: 216 },
        forecastHours: 6,
        skill: { days: [30, 90], leastDays: 20, alarmBelow: 0 },
        coverage: { days: 90, leastDays: 30 },
        confidence: 0.95,
        stuckHours: 24,
        stuckDays: 6,
        identityDays: 7,
        alignmentDays: 90,
      },
      trustedHosts: [],
    })
  })

  test('the configuration of the repository writes the defaults out', async () => {
    const shipped = await loadConfig(join(import.meta.dirname, '../../../config.yaml'))
    const [beijing] = shipped.stations
    expect(beijing).toMatchObject({ id: 'beijing', source: { kind: 'waqi', feed: '@1451' } })
    const defaults = parseConfig(`stations:\n  - ${STATION}\n`, 'c.yaml')
    expect({ ...shipped, stations: [] }).toEqual({ ...defaults, stations: [] })
  })

  test('each decision once, evening and morning with an hour of their own', () => {
    const text = `stations:\n  - ${STATION}\nforecast: { decisions: [evening, morning], hours: { evening: 18 } }\n`
    expect(parseConfig(text, 'c.yaml').forecast).toMatchObject({
      decisions: ['evening', 'morning'],
      hours: { evening: 18, morning: 6 },
    })
    const wrong = text.replace('morning]', 'mornig]').replace('18', '9')
    expect(problemsIn(wrong)).toEqual([
      expect.stringContaining('did you mean "morning"?'),
      expect.stringContaining('forecast.hours.evening'),
    ])
  })

  test('a simulated station has four years unless told otherwise', () => {
    const text = 'stations: [{ id: a, name: A, timeZone: UTC, source: { kind: simulator, seed: 7 } }]'
    expect(parseConfig(text, 'c.yaml').stations[0]?.source).toEqual({ kind: 'simulator', seed: 7, years: 4 })
  })

  test('a live station needs its location', () => {
    const live = (more: string) =>
      `stations: [{ id: a, name: A, timeZone: UTC, source: { kind: waqi, feed: '@1' }${more} }]`
    expect(parseConfig(live(', location: { latitude: 1, longitude: 2 }'), 'c.yaml').stations).toHaveLength(1)
    expect(problemsIn(live(''))).toEqual([expect.stringMatching(/source\.kind needs "location/)])
  })

  test.each(['@1451', 'A372382', 'beijing', 'netherland/utrecht', '北京'])('%s is a feed', (feed) => {
    const text = `stations: [{ id: a, name: A, timeZone: UTC, location: { latitude: 1, longitude: 2 }, source: { kind: waqi, feed: '${feed}' } }]`
    expect(parseConfig(text, 'c.yaml').stations[0]?.source).toEqual({ kind: 'waqi', feed })
  })

  test('anchors and a byte order mark do no harm', () => {
    const text = `\uFEFFstations:\n  - &a ${STATION}\nforecast: &f {}\ntraining: *f\n`
    expect(parseConfig(text, 'c.yaml').training.seed).toBe(1)
  })
})

describe('what is wrong, and exactly where', () => {
  const inStation = (line: string): string => `stations:\n  - ${STATION.slice(0, -2)}\n      ${line}}\n`

  test.each([
    ['nothing', '', ['1:1 the configuration must be a mapping, not nothing']],
    ['a text', 'hello', ['1:1 the configuration must be a mapping, not "hello"']],
    ['no stations', 'forecast: {}\n', ['1:1 stations is missing']],
    ['an empty list', 'stations: []\n', ['1:11 stations must have at least 1 entry']],
    ['an empty key', 'stations:\n', ['1:10 stations must be a list, not nothing']],
    ['a mapping for the list', 'stations:\n  id: beijing\n', ['2:3 stations must be a list, not a mapping']],
    [
      'keys that are missing',
      'stations:\n  - id: a\n    name: A\n',
      ['2:5 stations[0].timeZone is missing', '2:5 stations[0].source is missing'],
    ],
    [
      'a number for a text',
      'stations:\n  - id: a\n    name: 12\n    timeZone: UTC\n    source: { kind: aqicn-csv }\n',
      ['3:11 stations[0].name must be text, not 12: put it in quotes'],
    ],
    [
      'an id with capitals',
      `stations: [{ id: Beijing 1, name: B, timeZone: UTC, source: { kind: aqicn-csv } }]`,
      ['1:18 stations[0].id must be 1 to 40 of a–z, 0–9 and "-", not "Beijing 1"'],
    ],
    [
      'an empty name',
      `stations: [{ id: b, name: "", timeZone: UTC, source: { kind: aqicn-csv } }]`,
      ['1:27 stations[0].name must not be empty'],
    ],
    [
      'a source that is unknown',
      `stations: [{ id: b, name: B, timeZone: UTC, source: { kind: aqicn } }]`,
      ['1:61 stations[0].source.kind must be one of aqicn-csv, simulator, waqi, open-meteo, not "aqicn"'],
    ],
    [
      'a source that is misspelt',
      `stations: [{ id: b, name: B, timeZone: UTC, source: { kind: simulater } }]`,
      [
        '1:61 stations[0].source.kind must be one of aqicn-csv, simulator, waqi, open-meteo, not "simulater"; did you mean "simulator"?',
      ],
    ],
    [
      'a source without its kind',
      `stations: [{ id: b, name: B, timeZone: UTC, source: {} }]`,
      ['1:53 stations[0].source.kind is missing'],
    ],
    [
      'a key of another source',
      `stations: [{ id: b, name: B, timeZone: UTC, source: { kind: aqicn-csv, seed: 1 } }]`,
      [
        '1:72 stations[0].source.seed is not a key of the configuration; did you mean "stations[].source.seed" or "training.seed"?',
      ],
    ],
    [
      'a scale that is unknown',
      inStation(', scale: us-epa-2024'),
      ['3:16 stations[0].scale must be us-epa-2015, not "us-epa-2024"; did you mean "us-epa-2015"?'],
    ],
    [
      'a value out of range',
      `stations: [${STATION}]\ntraining:\n  testDays: 12\n  seed: 1.5\nforecast: { coverage: 1 }\n`,
      [
        '3:13 training.testDays must be at least 30, not 12',
        '4:9 training.seed must be a whole number, not 1.5',
        '5:23 forecast.coverage must be at most 0.99, not 1',
      ],
    ],
    [
      'an alarm that could never be raised',
      `stations: [${STATION}]\nforecast:\n  liveSkill: { days: 40, leastDays: 60 }\n`,
      [
        '3:37 forecast.liveSkill.leastDays leaves nothing to judge: 60 outcomes (leastDays) of 40 days (days)',
      ],
    ],
    [
      'a switch that is neither on nor off, a misspelt key beside it',
      `stations: [${STATION}]\nforecast:\n  liveSkill:\n    fallback: "yes"\n    alarmat: 0.1\n`,
      [
        '4:15 forecast.liveSkill.fallback must be true or false, not "yes"',
        '5:5 forecast.liveSkill.alarmat is not a key of the configuration; did you mean "alarmAt"?',
      ],
    ],
    [
      'a candidate that is unknown, another twice',
      `stations: [${STATION}]\ntraining:\n  candidates: [ridge, rigde, Ridge, ridge]\n`,
      [
        '3:23 training.candidates[1] must be one of persistence, climatology, ewma, ridge, boosting, boosted-ridge, blend, global-boosting, global-blend, not "rigde"; did you mean "ridge"?',
        '3:30 training.candidates[2] must be one of persistence, climatology, ewma, ridge, boosting, boosted-ridge, blend, global-boosting, global-blend, not "Ridge"; did you mean "ridge"?',
        '3:30 training.candidates[2] is there twice: "Ridge"',
        '3:37 training.candidates[3] is there twice: "ridge"',
      ],
    ],
    [
      'two stations of one id and name',
      `stations:\n  - ${STATION}\n  - { name: beijing, id: beijing, timeZone: UTC, source: { kind: aqicn-csv } }\n`,
      ['3:13 stations[1].name is there twice: "beijing"', '3:26 stations[1].id is there twice: "beijing"'],
    ],
    ['a key twice', 'stations: []\nstations: []\n', ['2:1 not valid YAML: Map keys must be unique']],
    ['a tab', 'stations:\n\t- a\n', ['2:1 not valid YAML: Tabs are not allowed as indentation']],
    [
      'two documents',
      'a: 1\n---\nb: 1\n',
      [expect.stringMatching(/^2:1 not valid YAML: Source contains multiple/)],
    ],
    ['an alias of nothing', 'stations: *a\n', ['1:11 the alias *a has no anchor before it']],
    ['an alias of itself', 'stations: &a [*a]\n', [expect.stringMatching(/^\d+:\d+ /)]],
  ])('%s', (_name, text, problems) => {
    expect(problemsIn(text)).toEqual(problems)
  })

  test.each([
    ['time_zone', 'did you mean "timeZone"?'],
    ['nmae', 'did you mean "name"?'],
    ['coverage', 'did you mean "forecast.coverage" or "watch.coverage"?'],
    ['city_name', 'write it as "name" of an entry of "stations"'],
    ['colour', 'here are allowed: id, name, timeZone, location, source, scale'],
  ])('unknown key %s of a station: %s', (key, advice) => {
    expect(problemsIn(inStation(`, ${key}: 1`))).toEqual([
      `3:9 stations[0].${key} is not a key of the configuration; ${advice}`,
    ])
  })

  test.each([
    ['Asia/Shangai', 'Asia/Shanghai'],
    ['asia shanghai', 'Asia/Shanghai'],
    ['Asia/Beijing', 'Asia/Shanghai'],
    ['Shanghai', 'Asia/Shanghai'],
    ['Europe/Pariss', 'Europe/Paris'],
  ])('time zone %s: did you mean %s?', (zone, suggestion) => {
    const text = `stations:\n  - { id: b, name: B, timeZone: "${zone}", source: { kind: aqicn-csv } }\n`
    const problem = `is not a time zone: "${zone}"; did you mean "${suggestion}"?`
    expect(problemsIn(text)).toEqual([`2:33 stations[0].timeZone ${problem}`])
  })

  test.each(['+08:00', 'Nowhere/At_All', ''])('time zone %j is refused', (zone) => {
    const text = `stations: [{ id: b, name: B, timeZone: "${zone}", source: { kind: aqicn-csv } }]`
    expect(problemsIn(text)).toEqual([expect.stringContaining('use an IANA name like Asia/Shanghai')])
  })

  test('keys of older configurations are told where they are now, one by one', () => {
    const text =
      'basic:\n  city_id: 1451\n  city_name: Beijing\naqi_token: s3cret\nfs_api_key: s3cret\ncomet_api_key: s3cret\nazure:\n  subscription_id: s3cret\n'
    const problems = problemsIn(text)
    expect(problems).toEqual([
      '1:1 stations is missing',
      expect.stringMatching(/^2:3 basic\.city_id .*an entry of "stations"/),
      expect.stringMatching(/^3:3 basic\.city_name .*"name" of an entry/),
      expect.stringMatching(/^4:1 aqi_token .*AQI_TOKEN/),
      expect.stringMatching(/^5:1 fs_api_key .*featureStore/),
      expect.stringMatching(/^6:1 comet_api_key .*modelRegistry/),
      expect.stringMatching(/^8:3 azure\.subscription_id .*where jobs run is /),
    ])
    expect(problems.join()).not.toContain('s3cret')
  })

  test('twenty problems are listed, and how many more there are', () => {
    const text = `stations: [${STATION}]\n${Array.from({ length: 30 }, (_, n) => `unknown${String(n)}: 1`).join('\n')}`
    const error = userErrorOf(() => parseConfig(text, 'c.yaml'))
    expect(problemsOf(error)).toHaveLength(20)
    expect(error.message).toContain('c.yaml has 30 problems:')
    expect(error.message).toContain('… and 10 more')
  })
})
