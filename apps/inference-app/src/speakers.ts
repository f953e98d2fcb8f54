import { classBounds, type DailyReading } from '@airq/aqi-client'
import { type DecisionRow, FeatureGroupsError, trainingSet } from '@airq/feature-groups'
import { type Distribution, distribution, loadModel, logResiduals } from '@airq/model'
import type { ModelRegistry } from '@airq/model-registry'
import { type Decision, PipelineError, type RunContext, type StationConfig } from '@airq/pipeline'

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
  const { firstDay, lastDay } = informationSets.daily.residualsFrom
  if (lastDay > row.decisionDay) {
    context.warn(
      'model-knows-later-days',
      `${name} ${version.version} was trained on days up to ${lastDay}: a forecast decided on ${row.decisionDay} is a replay, not a score`,
    )
  }
  return {
    distribution: model.forecast(row.columns, row.row),
    coverage,
    intervalMethod: `residual quantiles of the test days ${firstDay} to ${lastDay}`,
    model: { name, version: version.version },
    contentSha256: version.contentSha256,
  }
}

/** Days whose errors stand for the fallback's uncertainty. */
const FALLBACK_DAYS = 365

/** Persistence, flagged, with the errors it made on the last days known. @throws PipelineError `no-model` */
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
        hint: 'Run training-pipeline first, or add --allow-fallback for a flagged persistence forecast.',
      },
    )
  }
  context.warn(
    'fallback',
    `${station.id}: no model; the forecast is the last final day's value (persistence)`,
  )
  const known = days.filter((day) => day.knownAt <= row.decidedAt)
  const past = trainingSet(known, { decision: row.decision })
  const last = past.columns.indexOf(past.roles.last)
  const width = past.columns.length
  const said = Array.from(past.outcomes, (_, i) => past.values[i * width + last] ?? Number.NaN)
  const residuals = logResiduals(Array.from(past.outcomes), said).slice(-FALLBACK_DAYS)
  return {
    distribution: distribution(row.lastAqi, residuals.length > 0 ? residuals : [0], {
      coverage: context.config.forecast.coverage,
      classBounds: classBounds(station.scale),
    }),
    coverage: context.config.forecast.coverage,
    intervalMethod: `errors of persistence on the last ${String(residuals.length)} days`,
    model: null,
    contentSha256: 'persistence',
  }
}
