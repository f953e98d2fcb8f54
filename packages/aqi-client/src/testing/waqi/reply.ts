import { setTimeout as sleep } from 'node:timers/promises'
import type { ServerResponse } from 'node:http'

import { editJson } from './edit-json.ts'
import type { WaqiFault } from './types.ts'

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export function jsonReply(body: object, status = 200): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(body),
  }
}

/** The reply to a right body under a fault. */
export function spoiled(body: object, fault: WaqiFault): Reply {
  const right = jsonReply(editJson(body, fault.set, fault.remove), fault.status ?? 200)
  const whole = `${fault.prefix ?? ''}${fault.body ?? right.body}${' '.repeat(fault.padding ?? 0)}`
  return {
    status: right.status,
    headers: { ...right.headers, ...fault.headers },
    body: fault.truncated === true ? whole.slice(0, Math.floor(whole.length / 2)) : whole,
  }
}

/** Sends a reply, slowly or not to the end where the fault says so. */
export async function send(response: ServerResponse, reply: Reply, fault: WaqiFault): Promise<void> {
  if (fault.headDelayMs !== undefined) await sleep(fault.headDelayMs, undefined, { ref: false })
  if (fault.drop === 'unanswered') {
    response.destroy()
    return
  }
  const body = Buffer.from(reply.body, 'utf8')
  const isBodiless = reply.status === 204 || reply.status === 304
  const length = isBodiless ? {} : { 'content-length': String(body.byteLength) }
  response.writeHead(reply.status, { ...reply.headers, ...length })
  response.flushHeaders()
  if (fault.drop === 'in-body') {
    response.write(body.subarray(0, Math.floor(body.byteLength / 2)), () => response.destroy())
    return
  }
  if (fault.bodyDelayMs !== undefined) await sleep(fault.bodyDelayMs, undefined, { ref: false })
  response.end(isBodiless ? undefined : body)
}
