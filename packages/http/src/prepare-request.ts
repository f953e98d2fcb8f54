import { badRequest } from './errors.ts'
import { redactedUrl, redactor } from './redaction.ts'
import { assertMaySendSecret } from './secret-hosts.ts'
import type { HttpRequest, Method, Secret } from './types.ts'

/** A request as it goes out, and as it may be shown. */
export interface PreparedRequest {
  readonly method: Method
  /** With its secret, if that goes in the query. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  readonly host: string
  /** Without secrets. */
  readonly shownUrl: string
  readonly redact: (text: string) => string
}

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/**
 * Checks a request and puts it together; nothing has been sent when this throws.
 * @throws HttpError `bad-request`, `untrusted-host`
 */
export function prepareRequest(
  request: HttpRequest,
  trustedHosts: readonly string[],
  userAgent: string,
): PreparedRequest {
  const { secret } = request
  if (secret !== undefined) assertSecret(secret)
  const redact = redactor(secret === undefined ? [] : [secret.value])
  const url = parseUrl(request.url)
  url.hash = ''
  url.search = fullQuery(url, request)

  const shownUrl = redactedUrl(url, secret?.in === 'query' ? [secret.name] : [], redact)
  if (secret !== undefined) assertMaySendSecret(url, shownUrl, secret.vendorHosts, trustedHosts)
  return {
    method: request.method ?? 'GET',
    url: url.href,
    headers: allHeaders(request, userAgent),
    ...(request.body === undefined ? {} : { body: request.body }),
    host: url.host,
    shownUrl,
    redact,
  }
}

function assertSecret(secret: Secret): void {
  const name = JSON.stringify(secret.name)
  const hint = 'Give it as one line, without quotes; a file may end in a line break by mistake.'
  if (secret.value.trim() === '') throw badRequest(`The secret ${name} is empty.`, { hint })
  if (hasControlCharacter(secret.value) || !secret.value.isWellFormed())
    throw badRequest(`The secret ${name} holds a line break or another character that no secret has.`, {
      hint,
    })
  if (secret.in === 'header' && !isHeaderValue(`${secret.prefix ?? ''}${secret.value}`))
    throw badRequest(`The secret ${name} holds a character that a header can't carry.`, { hint })
  if (secret.in === 'header' && !TOKEN.test(secret.name))
    throw badRequest(`${name} is not the name of a header.`)
}

function parseUrl(text: string): URL {
  const url = URL.parse(text)
  // A URL that can't be read can't be redacted either, so it is not shown.
  if (url === null) throw badRequest('The URL is not an absolute URL.', { hint: 'Begin it with https://.' })
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw badRequest('The URL begins with neither https: nor http:.')
  if (url.username !== '' || url.password !== '')
    throw badRequest(`The URL of ${url.host} holds a user name or password.`, {
      hint: 'Give the credential as a secret, not in the URL.',
    })
  return url
}

function fullQuery(url: URL, request: HttpRequest): string {
  const { secret, query = {} } = request
  const given = url.search.slice(1)
  if (secret?.in === 'query' && (url.searchParams.has(secret.name) || query[secret.name] !== undefined))
    throw badRequest(`The URL has a parameter ${JSON.stringify(secret.name)} beside the secret of that name.`)
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [pair(name, value)],
  )
  if (secret?.in === 'query') pairs.push(pair(secret.name, secret.value))
  return [given, ...pairs].filter((part) => part !== '').join('&')
}

function pair(name: string, value: string | number): string {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw badRequest(`The query parameter ${JSON.stringify(name)} is ${String(value)}.`)
  const text = String(value)
  if (!name.isWellFormed() || !text.isWellFormed())
    throw badRequest(`The query parameter ${JSON.stringify(name)} holds half a character.`)
  return `${encodeURIComponent(name)}=${encodeURIComponent(text)}`
}

/** Names in lower case, so that the secret replaces a header of its name and is sent once. */
function allHeaders({ headers = {}, secret }: HttpRequest, userAgent: string): Record<string, string> {
  const all: Record<string, string> = { 'user-agent': userAgent }
  for (const [name, value] of Object.entries(headers)) all[name.toLowerCase()] = value
  if (secret?.in === 'header') all[secret.name.toLowerCase()] = `${secret.prefix ?? ''}${secret.value}`
  for (const [name, value] of Object.entries(all)) {
    if (!TOKEN.test(name)) throw badRequest(`${JSON.stringify(name)} is not the name of a header.`)
    if (!isHeaderValue(value))
      throw badRequest(`The header ${name} holds a character that a header can't carry.`)
  }
  return all
}

function isHeaderValue(text: string): boolean {
  return !hasControlCharacter(text) && /^[\t\x20-\x7e\x80-\xff]*$/.test(text)
}

function hasControlCharacter(text: string): boolean {
  return /\p{Cc}/u.test(text.replaceAll('\t', ''))
}
