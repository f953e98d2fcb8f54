/** A part of a form: its name, its file name where it has one, its bytes. */
export interface Part {
  readonly name: string
  readonly filename: string | undefined
  readonly bytes: Buffer
}

/**
 * Parts of a `multipart/form-data` body (RFC 7578).
 * @throws SyntaxError where the body is none
 */
export function parseMultipart(body: Buffer, contentType: string): Part[] {
  const boundary = /;\s*boundary="?([^";]+)"?/i.exec(contentType)?.[1]
  if (boundary === undefined) throw new SyntaxError('no boundary')
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  // The first delimiter has no line before it.
  const whole = Buffer.concat([Buffer.from('\r\n'), body])
  const parts: Part[] = []
  let at = whole.indexOf(delimiter)
  for (;;) {
    if (at === -1) throw new SyntaxError('the body ends without its last boundary')
    const from = at + delimiter.length
    if (whole.subarray(from, from + 2).toString() === '--') return parts
    const next = whole.indexOf(delimiter, from)
    parts.push(parsePart(whole.subarray(from, next === -1 ? undefined : next)))
    at = next
  }
}

function parsePart(part: Buffer): Part {
  const end = part.indexOf('\r\n\r\n')
  const head = part.subarray(0, Math.max(0, end)).toString('utf8')
  const name = /^content-disposition:.*[;\s]name="([^"]*)"/im.exec(head)?.[1]
  if (end === -1 || name === undefined) throw new SyntaxError('a part without a name')
  const filename = /^content-disposition:.*[;\s]filename="([^"]*)"/im.exec(head)?.[1]
  return { name, filename, bytes: part.subarray(end + 4) }
}
