import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, test } from 'vitest'

import { onlineTransport } from '../../src/hopsworks/online-transport.ts'

/** Signed by itself, as the certificates of a cluster are by the cluster. */
function certificate(): { key: string; cert: string } | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'airq-certificate-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const to = [
    '-subj',
    '/CN=127.0.0.1',
    '-addext',
    'subjectAltName=IP:127.0.0.1',
    '-keyout',
    key,
    '-out',
    cert,
  ]
  try {
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...to], {
      stdio: 'ignore',
    })
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
  } catch {
    return undefined
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const pair = certificate()
const server = createServer(pair ?? {}, (_, response) => response.end('x'.repeat(1000)))
let url = ''

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `https://127.0.0.1:${String((server.address() as AddressInfo).port)}/0.1.0/ping`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const request = () => ({
  method: 'GET' as const,
  url,
  headers: {},
  signal: AbortSignal.timeout(5000),
  maxBodyBytes: 5000,
})

test.skipIf(pair === undefined)('the authority of the cluster is trusted, and nobody else’s', async () => {
  const answer = await onlineTransport(pair?.cert ?? '')(request())
  expect(answer.status).toBe(200)
  await expect(onlineTransport('')(request())).rejects.toThrow(/self-signed certificate/)
})

test.skipIf(pair === undefined)(
  'an answer that is too long is cut off, a call that is aborted ends',
  async () => {
    const transport = onlineTransport(pair?.cert ?? '')
    await expect(transport({ ...request(), maxBodyBytes: 999 })).rejects.toThrow(/longer than 999 bytes/)
    await expect(transport({ ...request(), signal: AbortSignal.abort() })).rejects.toThrow(/aborted/)
  },
)
