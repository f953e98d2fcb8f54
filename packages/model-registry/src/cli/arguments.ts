import { ModelRegistryError } from '../errors.ts'
import { checkName, checkVersion } from '../reference.ts'
import { checkStage } from '../stage-rules.ts'
import type { ModelRef, Selector, Stage } from '../types.ts'

/** `NAME`, `NAME@VERSION`, `NAME@production`, `NAME@candidate` or `NAME@latest` (what `NAME` alone means). */
export function selected(text: string): { readonly name: string; readonly selector: Selector } {
  const { name, rest = 'latest' } = parts(text)
  if (rest === 'latest') return { name, selector: 'latest' }
  if (isStage(rest)) return { name, selector: { stage: rest } }
  checkVersion(rest)
  return { name, selector: { version: rest } }
}

/** `NAME@VERSION` */
export function reference(text: string): ModelRef {
  const { name, rest } = parts(text)
  if (rest === undefined) throw badArguments(`${text} names no version.`, `Give it like ${name}@1.4.0.`)
  checkVersion(rest)
  return { name, version: rest }
}

export function stageOf(text: string): Stage {
  const stage = text as Stage
  checkStage(stage)
  return stage
}

/** A version, or `none` for a stage that nobody holds. */
export function expectedOf(text: string | undefined): { readonly expectedCurrent?: string | null } {
  if (text === undefined) return {}
  if (text === 'none') return { expectedCurrent: null }
  checkVersion(text)
  return { expectedCurrent: text }
}

export function badArguments(message: string, hint: string): ModelRegistryError {
  const where = /'(--?[\w-]+)/.exec(message)?.[1] ?? 'the arguments of airq-registry'
  return new ModelRegistryError('bad-arguments', message, { fault: 'input', hint, where })
}

function parts(text: string): { readonly name: string; readonly rest?: string } {
  const at = text.indexOf('@')
  const name = at < 0 ? text : text.slice(0, at)
  checkName(name)
  return at < 0 ? { name } : { name, rest: text.slice(at + 1) }
}

function isStage(text: string): text is Stage {
  return text === 'production' || text === 'candidate'
}
