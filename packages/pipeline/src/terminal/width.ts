import { stripVTControlCharacters } from 'node:util'

/** What a text may take of a line, everywhere. */
export const COLUMNS = 80

/** East Asian characters and emoji take two columns. */
const WIDE_CHARACTERS =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\p{Script=Bopomofo}\\p{Script=Yi}\\p{Emoji_Presentation}\\u3000-\\u303E\\u30FC\\uFF01-\\uFF60\\uFFE0-\\uFFE6'
const WIDE = new RegExp(`^[${WIDE_CHARACTERS}]`, 'u')
/** What stays together in a line, with the space before it: a word, `90 %`, or a character that needs no spaces. */
const PIECE = new RegExp(`( *)(?:[${WIDE_CHARACTERS}]|[^ ${WIDE_CHARACTERS}]+(?: %(?= |$))?)`, 'gu')
const NO_WIDTH = /^[\p{Mark}\p{Cf}\p{Cc}]+$/u

let segmenter: Intl.Segmenter | undefined

/** Characters as they are seen; made when there is something beyond ASCII. */
function segmentsOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  return segmenter.segment(text)
}

/** Columns a text takes on a terminal. */
export function displayWidth(text: string): number {
  // Most lines: one column a character.
  if (/^[\x20-\x7E]*$/.test(text)) return text.length
  let width = 0
  for (const { segment } of segmentsOf(stripVTControlCharacters(text))) {
    if (!NO_WIDTH.test(segment)) width += WIDE.test(segment) ? 2 : 1
  }
  return width
}

/** The beginning of a text that fits, with `…` where that is not all of it. */
export function clipped(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text
  let kept = ''
  for (const { segment } of segmentsOf(text)) {
    if (displayWidth(kept + segment) > columns - 1) break
    kept += segment
  }
  return `${kept}…`
}

/**
 * Breaks lines that are too long between words, the rest two columns further in. Words alone too long, a path for
 * one, stay whole, and so does `90 %`.
 */
export function folded(text: string, columns: number = COLUMNS): string {
  return text
    .split('\n')
    .map((line) => (displayWidth(line) <= columns ? line : foldedLine(line, columns)))
    .join('\n')
}

function foldedLine(line: string, columns: number): string {
  const indent = /^ */.exec(line)?.[0] ?? ''
  const lines: string[] = []
  let current = ''
  for (const [word, gap = ''] of line.slice(indent.length).matchAll(PIECE)) {
    const start = lines.length === 0 ? indent : `${indent}  `
    if (current === '') current = start + word.trimStart()
    else if (displayWidth(current + word) <= columns) current += word
    else {
      lines.push(current)
      current = `${indent}  ${word.slice(gap.length)}`
    }
  }
  return [...lines, current].join('\n')
}

const MARK = '[simulated] '

/** Columns that `mark` leaves. */
export function columnsFor(simulated: boolean): number {
  return simulated ? COLUMNS - MARK.length : COLUMNS
}

/** A text in 80 columns, every line marked where it tells of simulated data. */
export function mark(text: string, simulated: boolean): string {
  const lines = folded(text, columnsFor(simulated))
  return simulated ? lines.replaceAll(/^/gm, MARK) : lines
}
