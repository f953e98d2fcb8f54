import type { PackageFacts } from './package-content.ts'
import type { Json, ModelDescription, ModelRef } from './types.ts'

export interface CardFacts extends ModelRef, PackageFacts {
  readonly contentSha256: string
  /** ISO instant. */
  readonly createdAt: string
  readonly description?: ModelDescription
}

/** The model card, in Markdown: what it is for, data, scores beside baselines, limits. */
export function modelCard(facts: CardFacts): string {
  const { name, version, createdAt, contentSha256, description = {} } = facts
  const sections = [
    `# ${plain(description.title ?? name)}`,
    `\`${name}\` ${version}, ${createdAt}. Content SHA-256 \`${contentSha256}\`.`,
    section('Purpose', [plain(description.purpose ?? 'Its publisher has not said what it is for.')]),
    section('Data', [
      ...(description.data === undefined ? [] : [plain(description.data), '']),
      ...table(['of', 'value'], rowsOf(facts.lineage)),
    ]),
    section('Scores', scores(facts.metrics)),
    section('Parameters', table(['parameter', 'value'], rowsOf(facts.params))),
    section('Limits', [
      ...(description.limits ?? []).map((limit) => `- ${plain(limit)}`),
      '- The model is data (`model.json`, described by `model.schema.json`): it needs the program that wrote it to',
      '  forecast. It has no `python_function` flavor, so MLflow and Azure ML can keep and show it, not serve it.',
    ]),
  ]
  return `${sections.join('\n\n')}\n`
}

/** One row a model where names have the form `<model>_<metric>`; the others one by one. */
function scores(metrics: Readonly<Record<string, number>>): string[] {
  const byModel = new Map<string, Map<string, number>>()
  const single: [string, string][] = []
  for (const [name, value] of Object.entries(metrics)) {
    const at = name.lastIndexOf('_')
    if (at <= 0) {
      single.push([name, figure(value)])
      continue
    }
    const model = name.slice(0, at)
    byModel.set(model, (byModel.get(model) ?? new Map<string, number>()).set(name.slice(at + 1), value))
  }
  const columns = [...new Set([...byModel.values()].flatMap((row) => [...row.keys()]))]
  const rows = [...byModel].map(([model, row]) => [
    model,
    ...columns.map((column) => figure(row.get(column))),
  ])
  const both = [table(['model', ...columns], rows), table(['metric', 'value'], single)]
  const filled = both.filter((lines) => lines.length > 0)
  return filled.length === 0
    ? ['None were given.']
    : filled.flatMap((lines, at) => (at === 0 ? lines : ['', ...lines]))
}

function rowsOf(record: Readonly<Record<string, Json>>): string[][] {
  return Object.entries(record).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ])
}

function section(title: string, lines: readonly string[]): string {
  return [`## ${title}`, '', ...(lines.length === 0 ? ['None.'] : lines)].join('\n')
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return []
  const line = (cells: readonly string[]): string => `| ${cells.map(plain).join(' | ')} |`
  return [line(head), `|${head.map(() => ' --- |').join('')}`, ...rows.map(line)]
}

function figure(value: number | undefined): string {
  return value === undefined ? '' : String(Number(value.toPrecision(6)))
}

/** One line that Markdown shows as it stands. */
function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_[\]<>|#&]/g, (mark) => `\\${mark}`)
}
