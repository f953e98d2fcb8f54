import { decodeHTMLStrict } from 'entities'

const LONGEST = 500
/** Control characters, and those that turn the direction of what follows. */
const UNSEEN = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu

/** Text for people: HTML entities decoded once, no control characters, blanks trimmed; `null` where nothing is left. */
export function plainText(text: string | undefined): string | null {
  if (text === undefined) return null
  const decoded = decodeHTMLStrict(text.slice(0, 4 * LONGEST))
  const plain = decoded.replace(UNSEEN, ' ').replace(/\s+/g, ' ').trim()
  return plain === '' ? null : plain.slice(0, LONGEST).toWellFormed()
}

/** A word of the source as it may stand in a message. */
export function quoted(text: string): string {
  return JSON.stringify((plainText(text) ?? '').slice(0, 40))
}
