import { createHttpClient, HttpError, maySendSecret, statusJudge } from '@airq/http'
import type { TokenCredential } from '@azure/identity'

import { JobRunnerError } from '../errors.ts'
import type { Environment } from '../local/local-runner.ts'
import { authenticationFailure } from './authentication-failure.ts'
import type { AzureContext } from './context.ts'

export interface CredentialOptions {
  readonly trustedHosts?: readonly string[]
  /** PEM of a certificate authority for AZURE_AUTHORITY_HOST. */
  readonly ca?: string
}

const AUTHORITY = 'https://login.microsoftonline.com'
const AUTHORITIES = ['login.microsoftonline.com', 'login.microsoftonline.us', 'login.chinacloudapi.cn']
const AUDIENCE = 'api://AzureADTokenExchange'

const assertionIn = statusJudge((response): string => {
  const answer: unknown = JSON.parse(new TextDecoder().decode(response.body))
  if (
    typeof answer === 'object' &&
    answer !== null &&
    'value' in answer &&
    typeof answer.value === 'string'
  ) {
    return answer.value
  }
  throw new HttpError('status', 'GitHub gave no identity token.', { retryable: true })
})

/**
 * Who submits, by where this runs: a workflow of GitHub's (ACTIONS_ID_TOKEN_REQUEST_URL), a client secret
 * (AZURE_CLIENT_SECRET), else whoever has signed in with `az login`. Each exchange of tokens takes a fresh identity
 * token of GitHub's, so that none expires in the middle of a long wait.
 * @throws JobRunnerError `bad-settings`, `untrusted-host`; `getToken` `unauthorized`, `unavailable`
 */
export async function credentialFor(
  env: Environment,
  { tenantId, clientId }: Pick<AzureContext, 'tenantId' | 'clientId'>,
  { trustedHosts = [], ca }: CredentialOptions = {},
): Promise<TokenCredential> {
  const { AzureCliCredential, ClientAssertionCredential, ClientSecretCredential } =
    await import('@azure/identity')
  const authority = authorityOf(env, trustedHosts)
  const options = {
    ...authority,
    ...(ca === undefined ? {} : { tlsOptions: { ca } }),
    retryOptions: { maxRetries: 2, retryDelayInMs: 500 },
  }
  const requestUrl = env['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? ''
  const secret = env['AZURE_CLIENT_SECRET'] ?? ''
  if (requestUrl !== '' || secret !== '') {
    if (tenantId === undefined || clientId === undefined) {
      throw badSettings('AZURE_TENANT_ID and AZURE_CLIENT_ID are needed.', 'AZURE_TENANT_ID')
    }
    const assertion = requestUrl === '' ? undefined : githubAssertion(env, requestUrl)
    const make = () =>
      assertion === undefined
        ? new ClientSecretCredential(tenantId, clientId, secret, options)
        : new ClientAssertionCredential(tenantId, clientId, () => assertion.fresh(), options)
    return explaining(make, env, () => assertion?.takeFailure())
  }
  return explaining(() => new AzureCliCredential(tenantId === undefined ? {} : { tenantId }), env)
}

/** A credential that has failed is made anew: MSAL keeps Entra's 429 and 5xx, and would tell them again unasked. */
function explaining(
  make: () => TokenCredential,
  env: Environment,
  beneath?: () => Error | undefined,
): TokenCredential {
  let inner = make()
  return {
    async getToken(scopes, options) {
      try {
        return await inner.getToken(scopes, options)
      } catch (error) {
        inner = make()
        throw authenticationFailure(error, beneath !== undefined, beneath?.(), env)
      }
    },
  }
}

interface Assertion {
  fresh(): Promise<string>
  /** Why the last one could not be had; told once. */
  takeFailure(): Error | undefined
}

function githubAssertion(env: Environment, requestUrl: string): Assertion {
  const bearer = env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] ?? ''
  if (bearer === '' || !URL.canParse(requestUrl)) {
    throw badSettings(
      'ACTIONS_ID_TOKEN_REQUEST_URL and ACTIONS_ID_TOKEN_REQUEST_TOKEN go together.',
      'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
    )
  }
  const url = new URL(requestUrl)
  const client = createHttpClient()
  const secret = {
    ...({ in: 'header', name: 'authorization', prefix: 'Bearer ' } as const),
    value: bearer,
    // Address and token come from the runner of the workflow alike: the one is made for the other.
    vendorHosts: [url.hostname],
  }
  let failure: Error | undefined
  return {
    async fresh() {
      failure = undefined
      try {
        return await client.call({ url: requestUrl, query: { audience: AUDIENCE }, secret }, assertionIn)
      } catch (error) {
        failure = error instanceof Error ? error : new Error(String(error))
        throw failure
      }
    },
    takeFailure() {
      const taken = failure
      failure = undefined
      return taken
    },
  }
}

function authorityOf(
  env: Environment,
  trustedHosts: readonly string[],
): { readonly authorityHost: string; readonly disableInstanceDiscovery: boolean } {
  const given = env['AZURE_AUTHORITY_HOST'] ?? ''
  const authorityHost = given === '' ? AUTHORITY : /^https?:/.test(given) ? given : `https://${given}`
  const url = URL.canParse(authorityHost) ? new URL(authorityHost) : undefined
  if (url?.protocol !== 'https:' || !maySendSecret(url, AUTHORITIES, trustedHosts)) {
    throw new JobRunnerError('untrusted-host', 'AZURE_AUTHORITY_HOST names no authority that is trusted.', {
      fault: 'input',
      where: 'AZURE_AUTHORITY_HOST',
      hint: 'Unset it, or name its host in trustedHosts; it must be https.',
    })
  }
  // Microsoft's directory of authorities knows Microsoft's alone.
  return { authorityHost, disableInstanceDiscovery: !AUTHORITIES.includes(url.hostname) }
}

function badSettings(message: string, where: string): JobRunnerError {
  return new JobRunnerError('bad-settings', message, {
    fault: 'input',
    where,
    hint: 'Set them in the environment.',
  })
}
