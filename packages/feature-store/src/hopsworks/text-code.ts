/**
 * Texts as they go into cells. Spark reads and writes quotes, backslashes, line breaks and white space at the edges
 * of a cell by rules that are not the same both ways, and takes an empty cell for null: so these characters are
 * percent-encoded, and an empty text is `%`. Every other text stands in the store as it is.
 */

// The percent sign itself, quotes, backslashes, control characters and line separators.
const UNSAFE = /[%"\\\p{Cc}\u2028\u2029]/gu
const EDGE = /^\s|\s$/gu
const ENCODED = /(?:%[0-9A-F]{2})+/g
const EMPTY = '%'

export function encodeText(text: string): string {
  if (text === '') return EMPTY
  return text.replace(UNSAFE, encodeURIComponent).replace(EDGE, encodeURIComponent)
}

/** What another program wrote and is no such encoding stays as it is. */
export function decodeText(text: string): string {
  if (text === EMPTY) return ''
  return text.replace(ENCODED, (run) => {
    try {
      return decodeURIComponent(run)
    } catch {
      return run
    }
  })
}
