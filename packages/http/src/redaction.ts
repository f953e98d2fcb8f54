/** What stands in a text in place of a secret. */
const REDACTED = '***'

/** Parameters that hold secrets by custom; hidden even when nobody declared them. */
const SECRET_PARAMETER = /^(?:(?:access|auth|api)?[-_]?(?:token|key)|secret|password|sig|signature)$/i

/** Puts `***` wherever one of the secrets occurs, raw or as URLs, forms and JSON spell it. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const forms = [...new Set(secrets.flatMap(spellings))].sort((a, b) => b.length - a.length)
  return (text) => forms.reduce((redacted, form) => redacted.split(form).join(REDACTED), text)
}

function spellings(secret: string): string[] {
  if (secret === '') return []
  const encoded = encodeURIComponent(secret.toWellFormed())
  const form = new URLSearchParams({ s: secret }).toString().slice(2)
  const all = [secret, encoded, encodeURI(secret.toWellFormed()), form, JSON.stringify(secret).slice(1, -1)]
  return [...all, ...all.map(lowerEscapes)]
}

function lowerEscapes(text: string): string {
  return text.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase())
}

/** A URL to show: without credentials, without the values of the named and of customary secret parameters. */
export function redactedUrl(
  url: URL,
  secretNames: readonly string[],
  redact: (text: string) => string,
): string {
  const pairs = url.search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => redactedPair(pair, secretNames))
  const query = pairs.length === 0 ? '' : `?${pairs.join('&')}`
  return redact(`${url.origin}${url.pathname}${query}`)
}

function redactedPair(pair: string, secretNames: readonly string[]): string {
  const [spelled = ''] = pair.split('=', 1)
  const name = new URLSearchParams(`${spelled}=`).keys().next().value ?? ''
  return secretNames.includes(name) || SECRET_PARAMETER.test(name) ? `${spelled}=${REDACTED}` : pair
}
