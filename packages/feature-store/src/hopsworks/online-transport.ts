import { request as requestPlain } from 'node:http'
import { request as requestTls } from 'node:https'
import { buffer } from 'node:stream/consumers'

import { HttpError, type Transport } from '@airq/http'

/**
 * For the online server: its certificate is signed by the cluster itself, so the cluster's own authority is trusted,
 * and nobody else's.
 * @param ca PEM
 */
export function onlineTransport(ca: string): Transport {
  return ({ method, url, headers, body, signal, maxBodyBytes }) =>
    new Promise((resolve, reject) => {
      const { protocol } = new URL(url)
      const options = { method, headers, signal }
      const request =
        protocol === 'https:'
          ? requestTls(url, ca === '' ? options : { ...options, ca })
          : requestPlain(url, options)
      request.once('error', reject)
      request.once('response', (response) => {
        if (Number(response.headers['content-length'] ?? 0) > maxBodyBytes) {
          request.destroy(
            new HttpError('too-large', `The answer is longer than ${String(maxBodyBytes)} bytes.`),
          )
          return
        }
        const plain = Object.entries(response.headers).map(([name, value]) => [name, String(value)] as const)
        buffer(response).then(
          (whole) => {
            resolve({ status: response.statusCode ?? 0, headers: Object.fromEntries(plain), body: whole })
          },
          (error: unknown) => {
            reject(error instanceof Error ? error : new Error(String(error)))
          },
        )
      })
      request.end(body)
    })
}
