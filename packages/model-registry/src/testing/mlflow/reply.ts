export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | string
}

export function json(value: unknown, status = 200): Reply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) }
}

export function text(body: string, status: number, type = 'text/plain; charset=utf-8'): Reply {
  return { status, headers: { 'content-type': type }, body }
}

/** As an attachment, whatever it is. */
export function bytes(body: Uint8Array, name: string): Reply {
  return {
    status: 200,
    headers: { 'content-type': 'text/plain', 'content-disposition': `attachment; filename=${name}` },
    body,
  }
}

export const empty: Reply = { status: 200, headers: {}, body: '' }

export const notFoundPage = text(
  '<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n',
  404,
  'text/html; charset=utf-8',
)
