export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | string
}

export function json(value: unknown, status = 200): Reply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) }
}

export function plain(text: string, status: number): Reply {
  return { status, headers: { 'content-type': 'text/plain' }, body: text }
}

export function bytes(body: Uint8Array): Reply {
  return {
    status: 200,
    headers: { 'content-type': 'application/octet-stream', 'content-disposition': 'attachment' },
    body,
  }
}

export const nothing: Reply = { status: 204, headers: {}, body: '' }
