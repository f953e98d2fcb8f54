import { appendFileSync } from 'node:fs'

/** What a step tells GitHub Actions: annotations on its log, a page of the run, outputs for later steps. */

const escaped = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const escapedTitle = (text: string): string => escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

export function annotate(kind: 'notice' | 'warning' | 'error', title: string, message: string): void {
  process.stdout.write(`::${kind} title=${escapedTitle(title)}::${escaped(message)}\n`)
}

/** A line for the page of the run. Text from elsewhere is no markup there. */
export function plain(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\\`*_{}[\]<>()#+!|~@&]/g, (character) => `&#${String(character.codePointAt(0))};`)
}

/** Markdown for the page of the run; nowhere outside a workflow. */
export function tell(lines: readonly string[], env: NodeJS.ProcessEnv = process.env): void {
  const file = env['GITHUB_STEP_SUMMARY']
  if (file !== undefined && file !== '') appendFileSync(file, `${lines.join('\n')}\n`)
}

/** Outputs of the step: to the log too, so that the same command tells them anywhere. */
export function output(values: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv = process.env): void {
  const lines = Object.entries(values).map(
    ([name, value]) => `${name}=${value.replaceAll(/[\r\n]+/g, ' ')}\n`,
  )
  process.stdout.write(lines.join(''))
  const file = env['GITHUB_OUTPUT']
  if (file !== undefined && file !== '') appendFileSync(file, lines.join(''))
}
