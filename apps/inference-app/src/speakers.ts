import { addDays, classBounds, type DailyReading, localDay, type LocalDay } from '@airq/aqi-client'
import { type DecisionRow, FeatureGroupsError, LOOKBACK_DAYS, trainingSet } from '@airq/feature-groups'
import {
  defaultRecipe,
  type Distribution,
  distribution,
  fitRecipe,
  loadModel,
  type Residual,
  residualOf,
  rowAt,
  rowCount,
} from '@airq/model'
import type { ModelRegistry } from '@airq/model-registry'
import { type Decision, PipelineError, type RunContext, type StationConfig } from '@airq/pipeline'
import { probit } from 'simple-statistics'

/** A forecast and who made it. */
export interface Spoken {
  readonly distribution: Distribution
  readonly coverage: number
  readonly intervalMethod: string
  /** `null` for a fallback. */
  readonly model: { readonly name: string; readonly version: string } | null
  /** Content of the model, or a name for the fallback rule. */
  readonly contentSha256: string
}

/** The serving model's forecast; `null` where there is no model. */
export async function speakModel(
  context: RunContext,
  registry: ModelRegistry,
  station: StationConfig,
  decision: Decision,
  row: DecisionRow,
  days: readonly DailyReading[],
): Promise<Spoken | null> {
  const name = `${station.id}-${decision}`
  const version = await registry.resolve(name, { stage: 'production' }, { signal: context.signal })
  if (version === null) return null
  const pkg = await registry.fetch(version, { signal: context.signal })
  const model = loadModel(pkg.model)
  const { target, coverage, informationSets } = model.document
  if (target.scale !== station.scale || target.timeZone !== station.timeZone) {
    throw new FeatureGroupsError(
      'unlike-values',
      `the model ${name} ${version.version} is for ${target.scale} in ${target.timeZone}, the station is ${station.scale} in ${station.timeZone}`,
      { hint: 'Train again for the station as it is configured now.' },
    )
  }
  if (row.lead > model.document.lead) {
    context.warn(
      'longer-lead',
      `${station.id}: the last final day lies ${String(row.lead)} days before the target, the model was scored with ${String(model.document.lead)}: its interval is too narrow`,
    )
  }
  const { firstDay, lastDay } = informationSets.daily.residualsFrom
  if (lastDay > row.decisionDay) {
    context.warn(
      'model-knows-later-days',
      `${name} ${version.version} was trained on days up to ${lastDay}: a forecast decided on ${row.decisionDay} is a replay, not a score`,
    )
  }
  const recent =
    lastDay < row.decisionDay ? model.residualsOn(rowsAfter(days, localDay(lastDay), decision)) : []
  return {
    distribution: model.forecast({ columns: row.columns, row: row.row, decidedAt: row.decidedAt, recent }),
    coverage,
    intervalMethod: `conformal residuals since ${firstDay}, adapted`,
    model: { name, version: version.version },
    contentSha256: version.contentSha256,
  }
}

/** Rows of the days after one, with enough days before it for their features. */
function rowsAfter(days: readonly DailyReading[], day: LocalDay, decision: Decision) {
  const from = addDays(day, -LOOKBACK_DAYS)
  return trainingSet(
    days.filter((one) => one.day > from),
    { decision },
  )
}

/** Days whose errors stand for the fallback's uncertainty. */
const FALLBACK_DAYS = 365
/** Fewer errors of its own tell nothing of how far a rule can be off. */
const LEAST_RESIDUALS = 20
/** From so many final days on an average says more than the last day alone. */
const EWMA_DAYS = 14

/**
 * A plain rule where there is no model yet, flagged: persistence, from two weeks of days on an exponentially
 * weighted average, with the errors the same rule made on the last days known.
 * @throws PipelineError `no-model`
 */
export function speakFallback(
  context: RunContext,
  station: StationConfig,
  row: DecisionRow,
  days: readonly DailyReading[],
  allowed: boolean,
): Spoken {
  if (!allowed) {
    throw new PipelineError(
      'no-model',
      `the registry has no serving model for ${station.id}, ${row.decision}`,
      {
        hint: 'Run training-pipeline first, or add --allow-fallback for a flagged forecast by a plain rule.',
      },
    )
  }
  const known = days.filter((day) => day.status === 'final' && day.knownAt <= row.decidedAt)
  const id = known.length < EWMA_DAYS ? 'persistence' : 'ewma'
  context.warn(
    'fallback',
    `${station.id}: no model; the forecast is by ${id}, from ${String(known.length)} days`,
  )
  const past = trainingSet(known, { decision: row.decision })
  const rows = rowCount(past)
  const rule = rows > 0 ? fitRecipe(defaultRecipe(id), past, { seed: context.config.training.seed }) : null
  const said = Array.from({ length: rows }, (_, i) => rule?.predict(rowAt(past, i)) ?? Number.NaN)
  const own = said
    .map((forecast, i) =>
      residualOf({
        decidedAt: past.decidedAt[i] ?? Number.NaN,
        knownAt: past.outcomeKnownAt[i] ?? Number.NaN,
        outcome: past.outcomes[i] ?? Number.NaN,
        forecast,
        scale: 1,
      }),
    )
    .slice(-FALLBACK_DAYS)
  const enough = own.length >= LEAST_RESIDUALS
  const { coverage } = context.config.forecast
  return {
    distribution: distribution(
      { value: rule?.predict(row.row) ?? row.lastAqi, scale: 1, decidedAt: row.decidedAt },
      enough ? own : assumedResiduals(),
      { coverage, classBounds: classBounds(station.scale), debias: false },
    ),
    coverage,
    intervalMethod: enough
      ? `errors of ${id} on the last ${String(own.length)} days`
      : `assumed errors, as ${id} has only ${String(own.length)} of its own`,
    model: null,
    contentSha256: `${id} on ${String(rows)} rows`,
  }
}

/** Until there are enough: day-to-day changes of restless air, nine in ten within a factor of 2.3 either way. */
function assumedResiduals(): Residual[] {
  const deviation = 0.5
  return Array.from({ length: 39 }, (_, i) => ({
    decidedAt: 0,
    knownAt: 0,
    log: deviation * probit((i + 1) / 40),
    scale: 1,
  }))
}
