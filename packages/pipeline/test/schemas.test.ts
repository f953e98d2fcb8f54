import { describe, expect, test } from 'vitest'
import { SUMMARIES, summaryProblems } from './support/summary-schemas.ts'

const RUN = {
  ok: true,
  degraded: false,
  runId: '0b0e8f0e-7a50-4f0c-9a51-0d2f6c5b7f11',
  startedAt: '2026-01-06T00:00:00.000Z',
  durationMs: 812,
  warnings: [{ code: 'download-zone-presumed', message: 'taken as downloaded in the west' }],
}
const SCORES = {
  mae: 25.1,
  rmse: 34,
  relMae: 0.8,
  skill: 0.2,
  bias: -0.4,
  categoryAccuracy: 0.6,
  coverage90: 0.91,
  width90: 100,
  winkler90: 140,
  crps: 18,
  brier: { 100: 0.1 },
  f1: { 100: 0.7 },
  f1Interval: { 100: [0.61, 0.78] },
  dieboldMariano: { persistence: 0.0001, climatology: null },
  slices: {
    DJF: { n: 90, mae: 30, relMae: 0.8, coverage90: 0.9 },
    above: { n: 3, mae: 40, relMae: null, coverage90: 0 },
  },
}
const BY_MODEL = { airq: SCORES, persistence: { ...SCORES, relMae: 1, skill: 0 }, ridge: SCORES }
const LIVE_SKILL = {
  of: 'all',
  n: 12,
  firstDay: '2025-12-20',
  lastDay: '2025-12-31',
  mae: 25.1,
  persistenceMae: 31,
  pPersistenceBetter: null,
  alarm: false,
}
const FORECAST = {
  station: 'beijing',
  day: '2026-01-07',
  issueSlot: '2026-01-06T24',
  issuedAt: '2026-01-06T16:00:00.000Z',
  decision: 'end-of-day',
  horizon: 1,
  lead: 1,
  aqi: 88.4,
  lower: 41,
  upper: 150,
  interval: { coverage: 0.9, method: 'conformal' },
  category: 'moderate',
  probabilities: {
    good: 0.1,
    moderate: 0.5,
    'unhealthy-sensitive': 0.2,
    unhealthy: 0.1,
    'very-unhealthy': 0.1,
    hazardous: 0,
  },
  scale: 'us-epa-2015',
  model: { name: 'beijing-end-of-day', version: '1.0.0' },
  informationSet: 'daily',
  basedOn: { lastFinalDay: '2026-01-06', hoursToday: null },
  fallback: false,
  simulated: false,
  revision: 0,
  new: true,
}
const FIELDS = {
  'batch-feature': {
    stations: [
      {
        station: 'beijing',
        rowsRead: 4380,
        days: { final: 4370, partial: 0, missing: 9 },
        firstDay: '2014-01-01',
        lastDay: '2026-01-05',
        lastDayKnownAt: '2026-01-05T16:00:00.000Z',
        alignment: { columns: { pm25: -1, pm10: 0 }, method: 'block-marks', confidence: 'high' },
        simulated: false,
      },
    ],
    written: 4370,
    unchanged: 0,
  },
  'hyperparam-optimization': {
    searches: [
      {
        station: 'beijing',
        decision: 'end-of-day',
        informationSet: 'daily',
        name: 'beijing-end-of-day-hyperparameters',
        version: '1.0.0',
        contentSha256: 'a'.repeat(64),
        created: true,
        complete: true,
        evaluations: { made: 120, resumed: 0 },
        judged: { n: 730, firstDay: '2023-01-02', lastDay: '2025-01-01' },
        recipes: [
          {
            id: 'ridge',
            trials: 40,
            stoppedEarly: 30,
            relMae: 0.88,
            defaultRelMae: 0.89,
            params: { penalties: [30], clip: 0.005 },
          },
        ],
        simulated: false,
      },
    ],
  },
  training: {
    models: [
      {
        station: 'beijing',
        decision: 'end-of-day',
        name: 'beijing-end-of-day',
        version: '1.0.0',
        contentSha256: 'a'.repeat(64),
        recipe: 'ridge',
        outcome: 'first',
        gate: { because: 'no-champion', gain: null, pValue: null },
        scores: BY_MODEL,
        test: { n: 365, firstDay: '2025-01-02', lastDay: '2026-01-05' },
        lead: 1,
        informationSet: 'daily',
        richerSets: [
          {
            informationSet: '+stationHours',
            needs: ['stationHours'],
            serves: true,
            recipe: 'ridge',
            rows: 900,
            test: { n: 365, firstDay: '2025-01-02', lastDay: '2026-01-05' },
            scores: BY_MODEL,
            against: { informationSet: 'daily', n: 360, gain: 0.2, pValue: 0.001 },
          },
        ],
        simulated: false,
      },
    ],
  },
  inference: { forecasts: [FORECAST] },
  backtest: {
    decision: 'end-of-day',
    informationSet: 'daily',
    refits: 12,
    series: [
      {
        name: 'beijing',
        n: 365,
        firstDay: '2025-01-02',
        lastDay: '2026-01-05',
        simulated: false,
        lead: 1,
        needs: [],
        cpuSeconds: 3.2,
        models: BY_MODEL,
      },
    ],
  },
  'check-leaks': {
    stations: [
      {
        station: 'beijing',
        simulated: false,
        groups: [{ group: 'aqi_daily', rows: 4380, values: 21_000, early: 0 }],
        rows: [
          {
            decision: 'end-of-day',
            informationSet: 'daily',
            block: null,
            rows: 4300,
            columns: 61,
            remade: 40,
            canaries: { planted: 5, found: 5 },
          },
        ],
      },
    ],
  },
  report: {
    out: 'site',
    files: 6,
    removed: 0,
    bytes: 182_004,
    observationsPublished: false,
    ledger: { rows: 202, head: 'a'.repeat(64), lastIssuedAt: '2026-01-08T12:05:00.000Z' },
    stations: [
      {
        station: 'beijing',
        simulated: false,
        forecast: {
          day: '2026-01-09',
          decision: 'evening',
          aqi: 155,
          category: 'unhealthy',
          fallback: false,
        },
        ledger: { rows: 202, head: 'a'.repeat(64), lastIssuedAt: null },
      },
    ],
    verified: [
      { file: 'old.json', generatedAt: '2026-01-05T12:05:00.000Z', rows: 180, head: 'a'.repeat(64) },
    ],
  },
  watch: {
    looked: true,
    whole: true,
    stations: [
      {
        station: 'beijing',
        simulated: false,
        checks: [
          { cause: 'stale-data', status: 'alert', message: 'no reading', figures: { readingAgeHours: 14 } },
          {
            cause: 'low-skill',
            status: 'not-enough',
            message: 'too few',
            figures: { outcomes: 3, day: null },
          },
        ],
      },
    ],
    runs: null,
    alerts: [
      {
        state: 'recovered',
        station: '*',
        cause: 'missed-run',
        number: 0,
        severity: 'critical',
        message: 'all recorded pipelines had a good run in time',
        hint: '',
        openedAt: '2026-01-08T12:05:00.000Z',
        lastSeenAt: '2026-01-08T18:05:00.000Z',
        closedAt: '2026-01-09T00:05:00.000Z',
      },
    ],
    webhook: { given: true, pending: 1 },
  },
  demo: {
    source: { kind: 'simulator', simulated: true },
    forecast: { ...FORECAST, simulated: true },
    scores: BY_MODEL,
    processes: [{ name: 'training-pipeline', wallMs: 900, exitCode: 0 }],
  },
} as const

describe.each(SUMMARIES)('%s', (name) => {
  const summary = { pipeline: name, ...RUN, ...FIELDS[name] }
  const error = { code: 'bad-config', message: 'wrong', hint: 'Mend it.', where: 'config.yaml:1:1' }

  test('a summary of a run that is done', () => {
    expect(summaryProblems(name, summary)).toEqual([])
  })

  test('a failed run has an error and need not have fields of its own', () => {
    expect(summaryProblems(name, { pipeline: name, ...RUN, ok: false, error })).toEqual([])
    expect(summaryProblems(name, { pipeline: name, ...RUN, ok: false })).not.toEqual([])
    expect(summaryProblems(name, { pipeline: name, ...RUN, ok: false, degraded: true, error })).not.toEqual(
      [],
    )
  })

  test('a run that is done has its fields and no error', () => {
    expect(summaryProblems(name, { pipeline: name, ...RUN })).not.toEqual([])
    expect(summaryProblems(name, { ...summary, error })).not.toEqual([])
  })

  test('nothing else is in it', () => {
    expect(summaryProblems(name, { ...summary, extra: 1 })).not.toEqual([])
    expect(summaryProblems(name, { ...summary, pipeline: 'other' })).not.toEqual([])
    expect(summaryProblems(name, { ...summary, startedAt: '2026-01-06 00:00' })).not.toEqual([])
  })
})

describe('details', () => {
  const forecastProblems = (change: object): readonly string[] =>
    summaryProblems('inference', { pipeline: 'inference', ...RUN, forecasts: [{ ...FORECAST, ...change }] })

  test.each([
    ['a fallback has no model', { fallback: true, model: null, fallbackReason: 'no-model' }, true],
    ['a fallback without a reason', { fallback: true, model: null }, false],
    ['a fallback with a model', { fallback: true, fallbackReason: 'live-skill' }, false],
    ['a model with a reason for a fallback', { fallbackReason: 'live-skill' }, false],
    ['a track record too short to judge', { liveSkill: LIVE_SKILL }, true],
    ['a track record without a verdict', { liveSkill: { ...LIVE_SKILL, alarm: undefined } }, false],
    ['a forecast without a model', { model: null }, false],
    ['a category of another name', { category: 'Moderate' }, false],
    ['bounds that are not rounded', { lower: 41.2 }, false],
    ['probabilities of some categories only', { probabilities: { good: 1 } }, false],
    ['an hour that is none', { issueSlot: '2026-01-06T25' }, false],
    ['a local instant', { issuedAt: '2026-01-06T16:00:00+08:00' }, false],
    ['a month that is none', { day: '2026-13-01' }, false],
    ['a field nobody knows', { extra: 1 }, false],
  ])('%s', (_name, change, isValid) => {
    expect(forecastProblems(change).length === 0).toBe(isValid)
  })

  test.each([
    ['a rejected recipe is not published', { outcome: 'rejected', version: null, contentSha256: null }, true],
    ['a rejected recipe with a version', { outcome: 'rejected' }, false],
    ['a promoted one without', { outcome: 'promoted', version: null }, false],
  ])('%s', (_name, change, isValid) => {
    const models = [{ ...FIELDS.training.models[0], ...change }]
    const problems = summaryProblems('training', { pipeline: 'training', ...RUN, models })
    expect(problems.length === 0).toBe(isValid)
  })

  test('scores are whole, and persistence is among them', () => {
    const training = (scores: object): readonly string[] => {
      const models = [{ ...FIELDS.training.models[0], scores }]
      return summaryProblems('training', { pipeline: 'training', ...RUN, models })
    }
    expect(training({ airq: SCORES })).not.toEqual([])
    expect(training({ ...BY_MODEL, ridge: { mae: 1 } })).not.toEqual([])
    expect(training({ ...BY_MODEL, ridge: { ...SCORES, coverage80: 0.9 } })).not.toEqual([])
  })

  test('scores of a backtest are the same, and nothing else', () => {
    const backtest = (airq: object): readonly string[] => {
      const series = [{ ...FIELDS.backtest.series[0], models: { ...BY_MODEL, airq } }]
      return summaryProblems('backtest', { pipeline: 'backtest', ...RUN, ...FIELDS.backtest, series })
    }
    expect(backtest(SCORES)).toEqual([])
    expect(backtest({ ...SCORES, coverage90: 1.2 })).not.toEqual([])
    expect(backtest({ ...SCORES, f1: 1 })).not.toEqual([])
    expect(backtest({ ...SCORES, f1: { 100: null }, f1Interval: { 100: null } })).toEqual([])
    expect(backtest({ ...SCORES, f1Interval: { 100: [0.6] } })).not.toEqual([])
    expect(backtest({ ...SCORES, dieboldMariano: { persistence: 1.1 } })).not.toEqual([])
    expect(backtest({ ...SCORES, mase: 1 })).not.toEqual([])
  })
})
