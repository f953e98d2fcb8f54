import { createHash } from 'node:crypto'
import { Html, markup, type Part } from '../html/html.ts'
import { LANGUAGES, type Language, type Words } from '../words/words.ts'
import { STYLE } from './style.ts'

/** A page in all its languages: where each lies, from the root of the site. */
export type PagePaths = Readonly<Record<Language, string>>

export interface DocumentParts {
  readonly words: Words
  readonly title: string
  readonly paths: PagePaths
  readonly header: Part
  readonly main: Part
  readonly footer: Part
}

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')
/** Nothing is loaded and nothing runs: the one style sheet is known by its digest, the icon is in the page. */
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; img-src data:; base-uri 'none'; form-action 'none'`
const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Ccircle cx='8' cy='8' r='7' fill='%230b63b8'/%3E%3C/svg%3E"

/** A whole page that needs no other file. */
export function pageDocument({ words, title, paths, header, main, footer }: DocumentParts): string {
  const here = paths[words.language]
  const other = LANGUAGES.find((language) => language !== words.language) ?? 'en'
  const { text } = markup`<html lang="${words.htmlLang}">
    <head>
      <meta charset="utf-8" />
      <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="referrer" content="no-referrer" />
      <meta name="color-scheme" content="light dark" />
      <title>${title}</title>
      <link rel="icon" href="${ICON}" />
      <link
        rel="alternate"
        hreflang="${other === 'zh' ? 'zh-Hans' : 'en'}"
        href="${between(here, paths[other])}"
      />
      <style>${Html.trusted(STYLE)}</style>
    </head>
    <body>
      <a class="skip" href="#main">${words.skip}</a>
      <div class="page">
        <header>
          ${header}
          <nav>
            <a
              href="${between(here, paths[other])}"
              hreflang="${other === 'zh' ? 'zh-Hans' : 'en'}"
              lang="${other === 'zh' ? 'zh-Hans' : 'en'}"
              >${words.otherLanguage}</a
            >
          </nav>
        </header>
        <main id="main">${main}</main>
        <footer>${footer}</footer>
      </div>
    </body>
  </html> `
  return `<!doctype html>\n${text}`
}

/** A relative link from one file of the site to another. */
export function between(from: string, to: string): string {
  return `${'../'.repeat(from.split('/').length - 1)}${to}`
}
