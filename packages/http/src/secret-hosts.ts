import { HttpError } from './errors.ts'

/** True for this machine itself: `localhost`, 127.0.0.0/8, `[::1]`. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname)
}

/**
 * Whether a secret may go to this URL: to loopback; over https also to the vendor and to trusted hosts. A listed
 * host counts on any port, `host:port` on that port alone; there are no wildcards.
 */
export function maySendSecret(
  url: URL,
  vendorHosts: readonly string[],
  trustedHosts: readonly string[],
): boolean {
  if (isLoopback(url.hostname)) return true
  return url.protocol === 'https:' && isListed(url, [...vendorHosts, ...trustedHosts])
}

function isListed(url: URL, hosts: readonly string[]): boolean {
  const withPort = `${url.hostname}:${url.port === '' ? '443' : url.port}`
  return hosts.some((host) => [url.hostname, withPort].includes(host.trim().toLowerCase()))
}

/** @throws HttpError `untrusted-host` where the secret may not go, before anything is sent. */
export function assertMaySendSecret(
  url: URL,
  shownUrl: string,
  vendorHosts: readonly string[],
  trustedHosts: readonly string[],
): void {
  if (maySendSecret(url, vendorHosts, trustedHosts)) return
  const plain = url.protocol !== 'https:'
  throw new HttpError(
    'untrusted-host',
    plain
      ? `A secret is not sent to ${url.host} over plain http.`
      : `A secret is not sent to ${url.host}: it is neither the vendor's host nor a trusted one.`,
    {
      fault: 'input',
      hint: plain
        ? 'Use https; plain http is for loopback only.'
        : 'Correct the address, or name the host in trustedHosts.',
      url: shownUrl,
      host: url.host,
    },
  )
}
