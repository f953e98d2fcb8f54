import { styleText } from 'node:util'

type Environment = Readonly<Record<string, string | undefined>>
type Style = Parameters<typeof styleText>[0]

/** What the reader of a text can see. */
export interface Terminal {
  /** Never the only sign of anything. */
  readonly colour: boolean
  /** Characters beyond ASCII. */
  readonly unicode: boolean
}

export function terminalOf(stream: { readonly isTTY?: boolean }, env: Environment): Terminal {
  return { colour: wantsColour(stream, env), unicode: speaksUnicode(env) }
}

/**
 * On a terminal that can, and where it is forced (`FORCE_COLOR`, but 0). https://no-color.org: any value but the empty
 * one switches colours off, whatever else is said.
 */
export function wantsColour({ isTTY }: { readonly isTTY?: boolean }, env: Environment): boolean {
  if (isSet(env['NO_COLOR'])) return false
  const forced = env['FORCE_COLOR']
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  return isTTY === true && env['TERM'] !== 'dumb'
}

/** By the first of LC_ALL, LC_CTYPE and LANG that is set, as C libraries do; where none is, by what is usual today. */
function speaksUnicode(env: Environment): boolean {
  if (env['TERM'] === 'dumb' || env['TERM'] === 'linux') return false
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find(isSet)
  return locale === undefined || /utf-?8/i.test(locale)
}

export function paint(style: Style, text: string, colour: boolean): string {
  return colour ? styleText(style, text, { validateStream: false }) : text
}

export function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== ''
}
