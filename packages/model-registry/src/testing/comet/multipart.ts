import { codes, Refusal } from './refusal.ts'
import type { Call } from './router.ts'

const headEnd = Buffer.from('\r\n\r\n')

/** The parts of a multipart/form-data body by name. @throws Refusal where it is none */
export function multipartParts({
  body,
  contentType,
}: Pick<Call, 'body' | 'contentType'>): Map<string, Buffer> {
  const [, quoted, bare] = /^multipart\/form-data;.*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? []
  const boundary = quoted ?? bare
  if (boundary === undefined) throw noForm()
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  // The first delimiter may open the body, without a line break before it.
  const whole = Buffer.concat([Buffer.from('\r\n'), body])
  const parts = new Map<string, Buffer>()
  let at = whole.indexOf(delimiter)
  for (;;) {
    const start = at + delimiter.length
    if (at < 0) throw noForm()
    if (whole.subarray(start, start + 2).toString() === '--') return parts
    const head = whole.indexOf(headEnd, start)
    const next = whole.indexOf(delimiter, start)
    if (head < 0 || next < head) throw noForm()
    const name = /name="([^"]*)"/.exec(whole.subarray(start, head).toString())?.[1]
    if (name === undefined) throw noForm()
    parts.set(name, whole.subarray(head + headEnd.length, next))
    at = next
  }
}

function noForm(): Refusal {
  return new Refusal(codes.other, 'the body is no multipart/form-data')
}
