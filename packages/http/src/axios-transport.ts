import { globalAgent } from 'node:https'

import type { AxiosInstance, AxiosResponse } from 'axios'

import { tooLarge } from './call-failures.ts'
import { networkError } from './network-failure.ts'
import { isLoopback } from './secret-hosts.ts'
import type { HttpResponse, Transport, TransportRequest } from './types.ts'

/**
 * axios as transport, loaded at the first request. Takes proxies from the environment (`HTTPS_PROXY`, `HTTP_PROXY`,
 * `ALL_PROXY`, `NO_PROXY`): a tunnel for https, so that the proxy sees no more than the host. Loopback is never
 * asked for through a proxy, for a secret may go there over plain http.
 */
export function axiosTransport(): Transport {
  let loading: Promise<AxiosInstance> | undefined
  return async (request) => {
    loading ??= loadAxios()
    const axios = await loading
    try {
      return plainResponse(await axios.request<Buffer>(requestConfig(request)))
    } catch (error) {
      throw isTooLarge(error) ? tooLarge(request.maxBodyBytes) : networkError(error)
    }
  }
}

/** An instance that leaves bytes and statuses as they are, and redirects alone. */
async function loadAxios(): Promise<AxiosInstance> {
  const { create } = await import('axios')
  return create({
    adapter: 'http',
    responseType: 'arraybuffer',
    decompress: true,
    maxRedirects: 0,
    maxBodyLength: Infinity,
    validateStatus: () => true,
    transformRequest: [(data: unknown) => data],
    transformResponse: [(data: unknown) => data],
  })
}

function requestConfig({ method, url, headers, body, signal, maxBodyBytes }: TransportRequest) {
  return {
    method,
    url,
    // `false` keeps axios from inventing a content type.
    headers: { 'content-type': false, ...headers },
    signal,
    maxContentLength: maxBodyBytes,
    ...(body === undefined ? {} : { data: typeof body === 'string' ? body : Buffer.from(body) }),
    ...(isLoopback(new URL(url).hostname) ? ({ proxy: false } as const) : { httpsAgent: agentWith(signal) }),
  }
}

/**
 * The shared agent and its pool, with the signal among its options: axios hands these to the connection it opens to
 * a proxy, which would otherwise outlive an abort until the proxy answers.
 */
function agentWith(signal: AbortSignal): unknown {
  return Object.create(globalAgent, { options: { value: { ...globalAgent.options, signal } } })
}

function plainResponse(response: AxiosResponse<Buffer>): HttpResponse {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(response.headers)) {
    headers[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : String(value)
  }
  return { status: response.status, headers, body: response.data }
}

/** axios has no code of its own for this. */
function isTooLarge(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('maxContentLength size of ')
}
