import { z } from 'zod'
import { disclosed } from '../charts/figure.ts'
import { type Html, markup } from '../html/html.ts'
import type { ServingModel } from '../types.ts'
import { dayText, facts, note, type PageContext, section, table } from './parts.ts'

const Lineage = z.object({
  gitCommit: z.string().nullish().catch(null),
  trainingRows: z.number().optional().catch(undefined),
  firstDay: z.string().nullish().catch(null),
  lastDay: z.string().nullish().catch(null),
  simulated: z.boolean().default(false).catch(false),
  testDays: z
    .object({ n: z.number(), firstDay: z.string(), lastDay: z.string() })
    .optional()
    .catch(undefined),
})

/** Most rows of a backtest's table. */
const CONTENDERS = 8

/** Of the model's card: most facts, and characters of one. */
const CARD = { facts: 60, characters: 600 } as const

/** What serves, since when and why; its backtest apart, named so. */
export function models(context: PageContext): Html {
  const { view, words } = context
  const { models: serving, rules } = view.facts
  const parts = rules.map(({ decision }) => {
    const model = serving.find((one) => one.decision === decision)
    const title = markup`<h3>${words.decisions[decision]}</h3>`
    return markup`${rules.length > 1 ? title : null}${model === undefined ? note(words.noModel) : card(model, context)}`
  })
  return section('model', words.models, { simulated: serving.some(isSimulated) }, words, parts)
}

function isSimulated({ lineage }: ServingModel): boolean {
  return Lineage.safeParse(lineage).data?.simulated ?? false
}

function card(model: ServingModel, context: PageContext): Html {
  const { words, formats } = context
  const lineage = Lineage.safeParse(model.lineage).data
  const { trainingRows, firstDay, lastDay } = lineage ?? {}
  const { promotion } = model
  const gate =
    promotion === null
      ? null
      : promotion.kind === 'rollback'
        ? `${words.rolledBack} ${model.version}: ${promotion.reason}`
        : promotion.reason
  const recipe = model.params['recipe']
  return markup`${facts([
    [words.model, `${model.name} ${model.version}`],
    [words.recipe, typeof recipe === 'string' ? recipe : null],
    [words.made, instant(model.createdAt, context)],
    [words.since, promotion === null ? null : instant(promotion.at, context)],
    [words.gate, gate],
    [
      words.trainedOn,
      trainingRows === undefined || firstDay == null || lastDay == null
        ? null
        : words.trainedOnDays(
            formats.whole(trainingRows),
            dayText(firstDay, context),
            dayText(lastDay, context),
          ),
    ],
    [words.digest, markup`<code>${model.contentSha256}</code>`],
    [words.commit, lineage?.gitCommit == null ? null : markup`<code>${lineage.gitCommit}</code>`],
  ])}${backtest(model, context)}${modelCard(model, context)}`
}

/** What the registry keeps of the version beside its scores: parameters and lineage, as they stand there. */
function modelCard({ params, lineage }: ServingModel, { words }: PageContext): Html {
  const entries = [...Object.entries(params), ...Object.entries(lineage)].slice(0, CARD.facts)
  const told = entries.map(
    ([name, value]) =>
      [
        name,
        markup`<code>${(typeof value === 'string' ? value : JSON.stringify(value)).slice(0, CARD.characters)}</code>`,
      ] as const,
  )
  return disclosed(words.card, [note(words.cardNote), facts(told)])
}

function instant(iso: string, { formats }: PageContext): string {
  const ms = Date.parse(iso)
  return Number.isNaN(ms) ? iso : formats.instant(ms)
}

/** `airq_mae`, `persistence_mae` … as a table; the serving recipe first. */
function backtest({ metrics, lineage }: ServingModel, context: PageContext): Html | null {
  const { words, formats } = context
  const test = Lineage.safeParse(lineage).data?.testDays
  const contenders = Object.keys(metrics)
    .flatMap((name) => /^(.+)_mae$/.exec(name)?.[1] ?? [])
    .slice(0, CONTENDERS)
  if (test === undefined || contenders.length === 0) return null
  const metric = (of: string, name: string, format: (value: number) => string) => {
    const value = metrics[`${of}_${name}`]
    return value === undefined ? '' : format(value)
  }
  const columns = [
    { name: words.model },
    ...[words.meanError, words.skill, words.classHits, words.coverage, words.width].map((name) => ({
      name,
      numeric: true,
    })),
  ]
  const cells = contenders.map((of) => [
    words.baselines[of] ?? of,
    metric(of, 'mae', formats.tenth),
    metric(of, 'skill', formats.change),
    metric(of, 'categoryAccuracy', formats.percent),
    metric(of, 'coverage90', formats.percent),
    metric(of, 'width90', formats.whole),
  ])
  return markup`<div class="backtest">
    <h4>${words.backtest}</h4>
    ${note(
      words.backtestNote(
        formats.whole(test.n),
        dayText(test.firstDay, context),
        dayText(test.lastDay, context),
      ),
    )}${table(words.backtest, columns, cells)}
  </div>`
}
