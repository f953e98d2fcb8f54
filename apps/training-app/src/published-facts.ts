import type { GateVerdict } from '@airq/model'
import type { Backtest, ModelDescription, RunFacts, Signature } from '@airq/model-registry'
import type { Decision, RunContext, StationConfig } from '@airq/pipeline'
import type { Comparison, Contender } from './compare.ts'

/** What registries show of a published model beside its package. */

/** The winner's test days as they would have been issued. */
export function backtestOf({ days, actual }: Comparison, winner: Contender): Backtest {
  const { forecasts: forecast, lower, upper } = winner
  return { days, actual, forecast, lower, upper }
}

/** @param startedAt epoch ms, when the training of this model began */
export function runFacts(
  { systemClock }: RunContext,
  startedAt: number,
  { station, decision, simulated }: { station: StationConfig; decision: Decision; simulated: boolean },
): RunFacts {
  const tags = ['airq', station.id, decision, ...(simulated ? ['simulated'] : [])]
  return { startedAt, endedAt: systemClock.now(), tags }
}

/** What spoke for the winner. */
export function promotionScores(
  { contenders }: Comparison,
  { scores }: Contender,
  { gain, test }: GateVerdict,
): Record<string, number> {
  const persistence = contenders.find(({ name }) => name === 'persistence')
  const all = {
    relMae: scores.relMae,
    mae: scores.mae,
    persistence_mae: persistence?.scores.mae,
    gate_gain: gain,
    gate_p: test?.pFirstBetter,
  }
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) =>
      typeof value === 'number' && Number.isFinite(value) ? [[name, value] as const] : [],
    ),
  )
}

/** Missing values are allowed in every column but the outcome's. */
export function signatureOf({ matrix }: Comparison): Signature {
  const outputs = ['aqi', 'lower', 'upper']
  return {
    inputs: matrix.columns.map((name) => ({ name, type: 'double', required: false })),
    outputs: outputs.map((name) => ({ name, type: 'double' })),
  }
}

export function describeModel(
  { station, decision, simulated }: { station: StationConfig; decision: Decision; simulated: boolean },
  { test, lead }: Comparison,
): ModelDescription {
  return {
    title: `${station.name}: AQI forecast, ${decision}`,
    purpose: `Forecasts the daily AQI (${station.scale}) of ${station.name} (${station.timeZone}) at each ${decision}, with an interval and the probability of each class. Not an official forecast.`,
    data: `${simulated ? 'Simulated days, which say nothing about real air' : 'Daily mean sub-indices'} of this station alone. Scored on ${String(test.n)} days, ${test.firstDay} to ${test.lastDay}, each forecast from what was known at its decision.`,
    limits: [
      `It was scored with the last complete day ${String(lead)} day(s) before the target: with older data its interval is too narrow.`,
      'The recipe was chosen on the days it is scored on, so the third digit is soft.',
      'It is of no use for another station, scale or time zone.',
    ],
  }
}
