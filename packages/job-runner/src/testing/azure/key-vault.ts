import type { Asked } from './listener.ts'
import { json, type Reply } from './reply.ts'
import type { TokenMint } from './tokens.ts'
import type { FakeAzureSettings } from './types.ts'

/** Where a compute's managed identity is asked for tokens. */
export const IDENTITY_PATH = '/msi/token'
const VAULT = 'https://vault.azure.net'

/** A Key Vault's answer: `/secrets/NAME`, for whoever may read it. */
export function answerVault(
  { method, path, headers, query }: Asked,
  { vault, vaultReadable }: FakeAzureSettings,
  mint: TokenMint,
): Reply {
  const [scheme, token = ''] = (headers['authorization'] ?? '').split(' ')
  if (scheme !== 'Bearer' || !mint.accepts(token, 'vault')) {
    const challenge = `Bearer authorization="https://login.windows.net/common", resource="${VAULT}"`
    return refused(401, 'Unauthorized', 'AKV10000: Request is missing a Bearer or PoP token.', {
      'www-authenticate': challenge,
    })
  }
  if (!query.has('api-version')) return refused(400, 'BadParameter', 'api-version must be specified')
  const name = /^\/secrets\/([^/]+)\/?$/.exec(path)?.[1]?.toLowerCase()
  if (method !== 'GET' || name === undefined) return refused(404, 'NotFound', `No route ${path}`)
  if (!vaultReadable) {
    const action = "Action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'"
    return refused(403, 'Forbidden', `Caller is not authorized to perform action on resource.\r\n${action}`)
  }
  const value = Object.entries(vault).find(([known]) => known.toLowerCase() === name)?.[1]
  if (value === undefined) {
    const message = `A secret with (name/id) ${name} was not found in this key vault.`
    return refused(404, 'SecretNotFound', message)
  }
  return json({ value, id: `${VAULT}/secrets/${name}/1`, attributes: { enabled: true } })
}

/** What a compute of Azure ML answers its jobs: a token of its managed identity. */
export function answerIdentity(
  { path, query, headers }: Asked,
  secret: string,
  { tokenSeconds }: FakeAzureSettings,
  mint: TokenMint,
  now: number,
): Reply {
  if (path !== IDENTITY_PATH) return json({ error: 'not found' }, 404)
  if (headers['secret'] !== secret) return json({ error: 'unauthorized' }, 401)
  const resource = query.get('resource') ?? ''
  return json({
    access_token: mint.accessToken(tokenSeconds, resource.startsWith(VAULT) ? 'vault' : 'arm'),
    expires_on: String(Math.floor(now / 1000) + tokenSeconds),
    resource,
    token_type: 'Bearer',
  })
}

function refused(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return json({ error: { code, message } }, status, headers)
}
