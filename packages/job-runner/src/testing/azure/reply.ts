import { randomUUID } from 'node:crypto'

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export function json(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...requestIds(), ...headers },
    body: JSON.stringify(body),
  }
}

/** An error as the resource manager tells it. */
export function armError(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  const additionalInfo = [{ type: 'ComponentName', info: { value: 'managementfrontend' } }]
  return json({ error: { code, message, details: [], additionalInfo } }, status, headers)
}

export function page(status: number, headers: Readonly<Record<string, string>> = {}): Reply {
  const body = `<html><body><h1>${String(status)}</h1></body></html>`
  return { status, headers: { 'content-type': 'text/html', ...headers }, body }
}

export function empty(status: number, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, headers: { ...requestIds(), ...headers }, body: '' }
}

function requestIds(): Record<string, string> {
  return { 'x-ms-request-id': randomUUID(), 'x-ms-correlation-request-id': randomUUID() }
}
