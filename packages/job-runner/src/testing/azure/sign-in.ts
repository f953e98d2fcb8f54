import type { Asked } from './listener.ts'
import { json, type Reply } from './reply.ts'
import { isFromGithub, type TokenMint } from './tokens.ts'
import type { FakeAzureSettings } from './types.ts'

/** The address of GitHub's tokens, and who may ask for them. */
export const GITHUB_PATH = '/token'
const SCOPES = { arm: 'https://management.azure.com/.default', vault: 'https://vault.azure.net/.default' }
const AUDIENCE = 'api://AzureADTokenExchange'
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** GitHub's side of a workflow: an identity token for whoever holds the request token. */
export function answerGithub(
  { path, query, headers }: Asked,
  requestToken: string,
  { subject, assertionSeconds }: FakeAzureSettings,
  mint: TokenMint,
): Reply {
  if (path !== GITHUB_PATH) return json({ message: 'Not Found' }, 404)
  if (headers['authorization'] !== `Bearer ${requestToken}`) return json({ message: 'Unauthorized' }, 401)
  return json({
    value: mint.identityToken(query.get('audience') ?? 'https://github.com', subject, assertionSeconds),
  })
}

/** Entra's side: its configuration, and access tokens for an application that proves who it is. */
export function answerEntra(
  { method, path, headers, body }: Asked,
  settings: FakeAzureSettings,
  mint: TokenMint,
  now: number,
): Reply {
  const { tenantId, tokenSeconds } = settings
  const [, tenant, ...rest] = path.split('/')
  if (tenant !== tenantId) {
    return refused('invalid_request', 90002, `Tenant '${String(tenant)}' not found.`, 400)
  }
  const root = `https://${headers['host'] ?? ''}/${tenantId}`
  if (method === 'GET' && rest.join('/') === 'v2.0/.well-known/openid-configuration') {
    return json({
      token_endpoint: `${root}/oauth2/v2.0/token`,
      authorization_endpoint: `${root}/oauth2/v2.0/authorize`,
      end_session_endpoint: `${root}/oauth2/v2.0/logout`,
      jwks_uri: `${root}/discovery/v2.0/keys`,
      issuer: `${root}/v2.0`,
    })
  }
  if (method !== 'POST' || rest.join('/') !== 'oauth2/v2.0/token') return json({}, 404)
  const form = new URLSearchParams(body)
  const refusal = refusalOf(form, settings, mint, now)
  if (refusal !== undefined) return refusal
  const expires = { expires_in: tokenSeconds, ext_expires_in: tokenSeconds }
  const audience = form.get('scope')?.includes(SCOPES.vault) === true ? 'vault' : 'arm'
  return json({ token_type: 'Bearer', ...expires, access_token: mint.accessToken(tokenSeconds, audience) })
}

function refusalOf(
  form: URLSearchParams,
  { clientId, clientSecret, federatedSubject }: FakeAzureSettings,
  mint: TokenMint,
  now: number,
): Reply | undefined {
  if (form.get('client_id') !== clientId) {
    return refused(
      'unauthorized_client',
      700016,
      `Application '${String(form.get('client_id'))}' was not found.`,
      400,
    )
  }
  if (form.get('grant_type') !== 'client_credentials')
    return refused('unsupported_grant_type', 70003, 'Grant.', 400)
  if (!Object.values(SCOPES).some((scope) => form.get('scope')?.includes(scope))) {
    return refused('invalid_scope', 70011, `The scope '${String(form.get('scope'))}' is not valid.`, 400)
  }
  const secret = form.get('client_secret')
  if (secret !== null) {
    return secret === clientSecret
      ? undefined
      : refused('invalid_client', 7000215, 'Invalid client secret provided.')
  }
  const claims = mint.read(form.get('client_assertion') ?? '')
  if (form.get('client_assertion_type') !== ASSERTION_TYPE || claims === undefined || !isFromGithub(claims)) {
    return refused(
      'invalid_client',
      700027,
      'The certificate used to sign the client assertion is not registered.',
    )
  }
  if (claims.exp * 1000 <= now) {
    return refused('invalid_client', 700024, 'Client assertion is not within its valid time range.')
  }
  if (claims.aud !== AUDIENCE) {
    return refused(
      'invalid_client',
      700212,
      `No matching federated identity record found for audience '${claims.aud}'.`,
    )
  }
  if (claims.sub !== federatedSubject) {
    return refused(
      'invalid_client',
      700213,
      `No matching federated identity record found for presented assertion subject '${claims.sub}'.`,
    )
  }
  return undefined
}

function refused(error: string, code: number, message: string, status = 401): Reply {
  return json({ error, error_description: `AADSTS${String(code)}: ${message}`, error_codes: [code] }, status)
}
