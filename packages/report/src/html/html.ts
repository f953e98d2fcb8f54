/** Markup that is safe by construction: whatever is put into a template is escaped unless it is markup itself. */
export class Html {
  readonly text: string

  private constructor(text: string) {
    this.text = text
  }

  /** Of the literal parts of a template and of constants of this package; never of data. */
  static trusted(text: string): Html {
    return new Html(text)
  }
}

export type Part = Html | string | number | null | readonly Part[]

/** Line breaks of the source, with the indentation beside them, come out as one. */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let text = ''
  strings.forEach((literal, i) => {
    text += literal.replaceAll(/\s*\n\s*/g, '\n') + (i < parts.length ? render(parts[i] ?? null) : '')
  })
  return Html.trusted(text)
}

function render(part: Part): string {
  if (part === null) return ''
  if (typeof part === 'number') return String(part)
  if (typeof part === 'string') return escapeText(part)
  return part instanceof Html ? part.text : part.map(render).join('')
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** For text and for quoted attributes alike, in HTML and in XML. */
function escapeText(text: string): string {
  return plainText(text).replaceAll(/[&<>"']/g, (mark) => ENTITIES[mark] ?? '')
}

// Control characters, and those that turn the direction of what follows.
const INVISIBLE = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/gu

/** One line without control characters, well-formed. */
export function plainText(text: string): string {
  return text.toWellFormed().replaceAll(INVISIBLE, ' ')
}
