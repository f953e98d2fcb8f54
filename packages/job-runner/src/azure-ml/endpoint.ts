import { isLoopback, maySendSecret } from '@airq/http'
import type { HttpClient } from '@azure/core-rest-pipeline'

import { JobRunnerError } from '../errors.ts'

const PUBLIC_CLOUD = 'https://management.azure.com'
/** Resource managers of Microsoft's: each has tokens of its own. */
const VENDOR_HOSTS = ['management.azure.com', 'management.usgovcloudapi.net', 'management.chinacloudapi.cn']

export interface Endpoint {
  /** What the SDK is told; https always. */
  readonly sdkOrigin: string
  /** Where requests really go. */
  readonly origin: string
  /** For which resource a token is asked. */
  readonly scope: string
}

/**
 * @param url default: the public cloud's. Plain http for loopback only
 * @throws JobRunnerError `bad-settings`, `untrusted-host`
 */
export function endpointOf(url: string = PUBLIC_CLOUD, trustedHosts: readonly string[] = []): Endpoint {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (
    parsed === undefined ||
    !/^https?:$/.test(parsed.protocol) ||
    parsed.pathname !== '/' ||
    parsed.search !== ''
  ) {
    throw new JobRunnerError('bad-settings', 'The endpoint of Azure is no address of a server.', {
      fault: 'input',
      where: 'jobs.endpoint',
      hint: `Leave it out, or write it as ${PUBLIC_CLOUD}.`,
    })
  }
  if (!maySendSecret(parsed, VENDOR_HOSTS, trustedHosts)) {
    const plain = parsed.protocol === 'http:'
    throw new JobRunnerError('untrusted-host', `No token of Azure is sent to ${parsed.host}.`, {
      fault: 'input',
      where: 'jobs.endpoint',
      hint: plain
        ? 'Plain http is for loopback only.'
        : 'Correct the address, or name the host in trustedHosts.',
    })
  }
  const ofVendor = VENDOR_HOSTS.includes(parsed.hostname)
  const scope = `${ofVendor ? parsed.origin : PUBLIC_CLOUD}/.default`
  // The SDK sends no token over plain http, so it is told of the public cloud and the address is changed on the way.
  const plainLoopback = parsed.protocol === 'http:' && isLoopback(parsed.hostname)
  return { sdkOrigin: plainLoopback ? PUBLIC_CLOUD : parsed.origin, origin: parsed.origin, scope }
}

/** Sends to the endpoint and nowhere else, whatever a reply, a redirect or a next page says. */
export function boundTo({ sdkOrigin, origin }: Endpoint, inner: HttpClient): HttpClient {
  return {
    async sendRequest(request) {
      const asked = new URL(request.url)
      if (asked.origin !== sdkOrigin && asked.origin !== origin) {
        throw new JobRunnerError(
          'untrusted-host',
          `Azure's answer points to ${asked.host}; nothing was sent there.`,
          {
            where: 'jobs.endpoint',
            hint: 'Write the endpoint of the cloud the subscription is in, or leave jobs.endpoint out.',
          },
        )
      }
      if (sdkOrigin === origin) return inner.sendRequest(request)
      const { url, proxySettings } = request
      try {
        request.url = origin + url.slice(asked.origin.length)
        request.allowInsecureConnection = true
        delete request.proxySettings
        return await inner.sendRequest(request)
      } finally {
        // What follows, pages and long-running operations, starts from the address that was asked for.
        request.url = url
        request.allowInsecureConnection = false
        if (proxySettings !== undefined) request.proxySettings = proxySettings
      }
    },
  }
}
