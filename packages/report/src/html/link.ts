import { type Html, markup } from './html.ts'

/** A link out of the page: of http and https only; the text alone for anything else. */
export function externalLink(url: string | null, text: string): Html {
  const safe = url === null ? null : httpUrl(url)
  return safe === null
    ? markup`${text}`
    : markup`<a href="${safe}" rel="noopener noreferrer nofollow">${text}</a>`
}

/** The address as browsers read it; `null` unless it is http or https. */
export function httpUrl(text: string): string | null {
  const url = URL.parse(text)
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') ? url.href : null
}
