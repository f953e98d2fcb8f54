export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | string
}

export function json(value: unknown, status = 200): Reply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) }
}

export function done(message = 'Saved'): Reply {
  return json({ msg: message, code: 200 })
}

export function bytes(body: Uint8Array): Reply {
  return { status: 200, headers: { 'content-type': 'application/octet-stream' }, body }
}

export function page(status: number): Reply {
  const body = `<!doctype html>\n<html><head><title>${String(status)}</title></head><body>Please wait</body></html>\n`
  return { status, headers: { 'content-type': 'text/html' }, body }
}
