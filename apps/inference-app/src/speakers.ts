import { addDays, classBounds, type DailyReading, localDay, type LocalDay } from '@airq/aqi-client'
import {
  type Beside,
  BLOCKS,
  type DecisionRow,
  decisionRow,
  type DecisionRule,
  FeatureGroupsError,
  hourOf,
  LOOKBACK_DAYS,
  readBeside,
  trainingSet,
} from '@airq/feature-groups'
import type { FeatureStore } from '@airq/feature-store'
import {
  defaultRecipe,
  type Distribution,
  distribution,
  fitRecipe,
  type LoadedModel,
  type LoadedSet,
  loadModel,
  type ModelDocument,
  type Residual,
  residualOf,
  rowAt,
  rowCount,
} from '@airq/model'
import type { CachedState, ModelRegistry } from '@airq/model-registry'
import { modelName, type RunContext, type StationConfig } from '@airq/pipeline'
import { probit } from 'simple-statistics'

/** A forecast and who made it. */
export interface Spoken {
  readonly distribution: Distribution
  /** What it was made of. */
  readonly row: DecisionRow
  readonly informationSet: string
  readonly coverage: number
  readonly intervalMethod: string
  /** `null` for a fallback. */
  readonly model: { readonly name: string; readonly version: string } | null
  /** Content of the model, or a name for the fallback rule. */
  readonly contentSha256: string
  /** Set where the registry could not be asked and the model is the one that served last. */
  readonly cached?: CachedState | undefined
  /** Set for a fallback. */
  readonly fallbackReason?: FallbackReason
}

/** No model serves, or what it said lately was worse than persistence. */
export type FallbackReason = 'no-model' | 'live-skill'

/** What a forecast is asked of. */
export interface Speech {
  readonly store: FeatureStore
  readonly registry: ModelRegistry
  readonly station: StationConfig
  readonly rule: DecisionRule
  /** Of daily values alone. */
  readonly row: DecisionRow
  readonly days: readonly DailyReading[]
}

/** The serving model's forecast, by the richest information set that the moment allows; `null` where there is no model. */
export async function speakModel(context: RunContext, speech: Speech): Promise<Spoken | null> {
  const { registry, station, rule } = speech
  const name = modelName(station.id, rule.decision)
  const version = await registry.resolve(name, { stage: 'production' }, { signal: context.signal })
  if (version === null) return null
  const pkg = await registry.fetch(version, { signal: context.signal })
  if (version.cached !== undefined) {
    const { since, because } = version.cached
    context.warn(
      'cached-model',
      `${station.id}: ${name} ${version.version} served at ${since}; whether it still does is not known: ${because}`,
    )
  }
  const model = loadModel(pkg.model)
  const told = `${name} ${version.version}`
  refuseOther(model.document, speech, told)
  const { set, row, beside } = await richestSet(context, model, speech)
  warnOfAge(context, { speech, set, row, lead: model.document.lead, told })
  const { firstDay, lastDay } = set.residualsFrom
  const recent =
    lastDay < row.lastCompleteDay ? set.residualsOn(rowsAfter(speech, localDay(lastDay), set, beside)) : []
  return {
    distribution: set.forecast({ columns: row.columns, row: row.row, decidedAt: row.decidedAt, recent }),
    row,
    informationSet: set.name,
    coverage: model.document.coverage,
    intervalMethod: `conformal residuals since ${firstDay}, adapted`,
    model: { name, version: version.version },
    contentSha256: version.contentSha256,
    cached: version.cached,
  }
}

/** A model serves the scale, the zone and the hour it was trained for. */
function refuseOther({ target, decisionHour }: ModelDocument, { station, rule }: Speech, told: string): void {
  const differs =
    target.scale !== station.scale || target.timeZone !== station.timeZone
      ? `is for ${target.scale} in ${target.timeZone}, the station is ${station.scale} in ${station.timeZone}`
      : decisionHour !== hourOf(rule)
        ? `decides at ${String(decisionHour)}:00, the configuration says ${String(hourOf(rule))}:00`
        : null
  if (differs === null) return
  throw new FeatureGroupsError('unlike-values', `the model ${told} ${differs}`, {
    hint: 'Train again for the station as it is configured now.',
  })
}

interface Chosen {
  readonly set: LoadedSet
  readonly row: DecisionRow
  readonly beside: Beside
}

/** The richest of a model's sets of which everything was known at the decision. */
async function richestSet(
  context: RunContext,
  model: LoadedModel,
  { store, station, rule, row, days }: Speech,
): Promise<Chosen> {
  const richer = model.sets.filter(({ needs }) => needs.length > 0)
  if (richer.length === 0) return { set: model, row, beside: {} }
  const since = richer.map(({ residualsFrom }) => residualsFrom.lastDay).reduce((a, b) => (a < b ? a : b))
  const first = addDays(localDay(since < row.decisionDay ? since : row.decisionDay), -HOURS_BACK)
  const span = { first, timeZone: station.timeZone }
  const beside = await readBeside(store, station.id, span, { signal: context.signal })
  for (const set of richer.toReversed()) {
    const blocks = BLOCKS.filter((block) => set.needs.includes(block))
    // A need that this version doesn't know can't be met.
    if (blocks.length < set.needs.length) continue
    const rich = decisionRow(days, row.decisionDay, { ...rule, beside, blocks })
    if (blocks.every((block) => rich.blocksKnown.includes(block))) return { set, row: rich, beside }
  }
  return { set: model, row, beside }
}

function warnOfAge(
  context: RunContext,
  about: {
    readonly speech: Speech
    readonly set: LoadedSet
    readonly row: DecisionRow
    readonly lead: number
    readonly told: string
  },
): void {
  const { speech, set, row, lead, told } = about
  if (row.lead > lead) {
    context.warn(
      'longer-lead',
      `${speech.station.id}: the last final day lies ${String(row.lead)} days before the target, the model was scored with ${String(lead)}: its interval is too narrow`,
    )
  }
  const { lastDay } = set.residualsFrom
  if (lastDay > row.lastCompleteDay) {
    context.warn(
      'model-knows-later-days',
      `${told} was trained on days up to ${lastDay}: a forecast decided on ${row.decisionDay} is a replay, not a score`,
    )
  }
}

/** No column looks further back into hours or weather. */
const HOURS_BACK = 3

/** Rows of the days after one, with enough days before it for their features. */
function rowsAfter({ days, rule }: Speech, day: LocalDay, { needs }: LoadedSet, beside: Beside) {
  const from = addDays(day, -LOOKBACK_DAYS)
  return trainingSet(
    days.filter((one) => one.day > from),
    { ...rule, beside, blocks: BLOCKS.filter((block) => needs.includes(block)) },
  )
}

/** Days whose errors stand for the fallback's uncertainty. */
const FALLBACK_DAYS = 365
/** Fewer errors of its own tell nothing of how far a rule can be off. */
const LEAST_RESIDUALS = 20
/** From so many final days on an average says more than the last day alone. */
const EWMA_DAYS = 14

/** As people read them. */
export const FALLBACK_REASONS: Readonly<Record<FallbackReason, string>> = {
  'no-model': 'no model',
  'live-skill': "the model's forecasts as issued were worse than persistence",
}

/**
 * A plain rule in the place of a model, flagged: persistence, from two weeks of days on an exponentially weighted
 * average, with the errors the same rule made on the last days known.
 */
export function speakFallback(
  context: RunContext,
  { station, rule: decisionRule, row, days }: Speech,
  fallbackReason: FallbackReason,
): Spoken {
  const known = days.filter((day) => day.status === 'final' && day.knownAt <= row.decidedAt)
  const id = known.length < EWMA_DAYS ? 'persistence' : 'ewma'
  context.warn(
    'fallback',
    `${station.id}: ${FALLBACK_REASONS[fallbackReason]}; the forecast is by ${id}, from ${String(known.length)} days`,
  )
  const past = trainingSet(known, decisionRule)
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
    row,
    informationSet: 'daily',
    coverage,
    intervalMethod: enough
      ? `errors of ${id} on the last ${String(own.length)} days`
      : `assumed errors, as ${id} has only ${String(own.length)} of its own`,
    model: null,
    contentSha256: `${id} on ${String(rows)} rows`,
    fallbackReason,
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
