import { describe, expect, test } from 'vitest'
import { RUN, SCORES, BY_MODEL, LIVE_SKILL, FORECAST, FIELDS } from './support/sample-summaries.ts'
import { SUMMARIES, summaryProblems } from './support/summary-schemas.ts'

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
