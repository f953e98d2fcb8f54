import { describeError, withoutControls } from '../describe-error.ts'
import { PipelineError, UserError } from '../errors.ts'
import type { Logger, VaultCredential } from '../types.ts'

type Environment = Readonly<Record<string, string | undefined>>

export interface KeyVaultSettings {
  /** AZURE_KEY_VAULT_URL goes before; it also decides who asks. */
  readonly env: Environment
  /** `jobs.keyVaultUrl` */
  readonly configured: string | undefined
  readonly trustedHosts: readonly string[]
  readonly credential?: ((env: Environment) => Promise<VaultCredential>) | undefined
  readonly logger: Logger
  readonly signal: AbortSignal
}

const API_VERSION = '7.4'
const VENDOR =
  /^[a-z](?:[a-z0-9]|-(?=[a-z0-9])){2,23}\.(vault\.azure\.net|vault\.azure\.cn|vault\.usgovcloudapi\.net)$/
const PUBLIC_CLOUD = 'vault.azure.net'
const SECRET_NAME = /^[A-Za-z0-9-]{1,127}$/

/** Secrets of one Azure Key Vault. Azure's identity and the network are loaded at the first one that is asked for. */
export class KeyVault {
  readonly #settings: KeyVaultSettings
  #credential: Promise<VaultCredential> | undefined

  constructor(settings: KeyVaultSettings) {
    this.#settings = settings
  }

  /** Whether one is named at all. */
  get isNamed(): boolean {
    return this.#address !== undefined
  }

  get #address(): string | undefined {
    const { env, configured } = this.#settings
    const given = env['AZURE_KEY_VAULT_URL']?.trim() ?? ''
    return given === '' ? configured : given
  }

  /**
   * `undefined`: the vault has none of this name.
   * @throws UserError `no-key-vault`, `bad-key-vault`, `untrusted-host`, `bad-secret`
   * @throws PipelineError `key-vault-sign-in`, `key-vault-forbidden`, `key-vault-failed`
   */
  async secret(name: string): Promise<string | undefined> {
    if (!SECRET_NAME.test(name)) {
      throw new UserError('bad-secret', `@kv:${name.slice(0, 40)} names no secret of a Key Vault`, {
        hint: 'Its names take letters, digits and -.',
      })
    }
    const { logger, signal } = this.#settings
    const { url, scope } = await this.#place()
    const where = `${url.host}, secret ${name}`
    logger.info('asking Key Vault', { host: url.host, secret: name })
    const token = await this.#token(scope, url.host)
    const { createHttpClient, expectOk, isRetryableStatus } = await import('@airq/http')
    const authorization = { in: 'header', name: 'authorization', prefix: 'Bearer ', value: token } as const
    try {
      const { status, body } = await createHttpClient().call(
        {
          url: `${url.origin}/secrets/${name}`,
          query: { 'api-version': API_VERSION },
          // Which hosts these are has been checked.
          secret: { ...authorization, vendorHosts: [url.hostname] },
        },
        (response) => (isRetryableStatus(response.status) ? expectOk(response) : response),
        { signal },
      )
      if (status === 404) return undefined
      if (status === 401 || status === 403) throw forbidden(where, new TextDecoder().decode(body))
      if (status === 200) return valueIn(new TextDecoder().decode(body), where)
      throw failed(where, `it answered with status ${String(status)}`)
    } catch (error) {
      if (PipelineError.isInstance(error)) throw error
      signal.throwIfAborted()
      throw failed(where, describeError(error).report.message)
    }
  }

  async #place(): Promise<{ readonly url: URL; readonly scope: string }> {
    const address = this.#address
    if (address === undefined) {
      throw new UserError('no-key-vault', 'a secret lies in a Key Vault (@kv:…), and none is named', {
        hint: 'Set AZURE_KEY_VAULT_URL, or write jobs.keyVaultUrl into the configuration: https://NAME.vault.azure.net.',
      })
    }
    const url = URL.canParse(address) ? new URL(address) : undefined
    const bare = url?.pathname === '/' && url.search === '' && url.username === '' && url.hash === ''
    if (url === undefined || !bare) {
      throw new UserError('bad-key-vault', 'the address of the Key Vault is none', {
        hint: 'Write it as https://NAME.vault.azure.net.',
      })
    }
    const suffix = url.protocol === 'https:' && url.port === '' ? VENDOR.exec(url.hostname)?.[1] : undefined
    if (suffix !== undefined) return { url, scope: `https://${suffix}/.default` }
    const { maySendSecret } = await import('@airq/http')
    if (maySendSecret(url, [], this.#settings.trustedHosts)) {
      return { url, scope: `https://${PUBLIC_CLOUD}/.default` }
    }
    throw new UserError('untrusted-host', `no token is sent to ${url.host}: it is no Key Vault of Azure`, {
      hint: 'Write it as https://NAME.vault.azure.net, NAME of 3 to 24 letters, digits and -; or name the host in trustedHosts.',
    })
  }

  async #token(scope: string, host: string): Promise<string> {
    const { env, signal, credential = credentialFrom } = this.#settings
    try {
      this.#credential ??= credential(env)
      const token = await (await this.#credential).getToken(scope, { abortSignal: signal })
      if (token !== null) return token.token
    } catch (error) {
      signal.throwIfAborted()
      // Azure's library keeps a refusal for a while and would tell it again unasked.
      this.#credential = undefined
      throw signInFailed(host, error instanceof Error ? error.message : String(error))
    }
    throw signInFailed(host, 'no token was given')
  }
}

/** One class, chosen by where this runs: a chain of them would knock on every door and tell of each. */
async function credentialFrom(env: Environment): Promise<VaultCredential> {
  const { AzureCliCredential, ClientSecretCredential, ManagedIdentityCredential } =
    await import('@azure/identity')
  const filled = (name: string): string | undefined => (env[name] === '' ? undefined : env[name])
  const clientId = filled('DEFAULT_IDENTITY_CLIENT_ID')
  const chosen = filled('AZURE_TOKEN_CREDENTIALS')
  if (chosen === 'ManagedIdentityCredential' || (chosen === undefined && clientId !== undefined)) {
    return new ManagedIdentityCredential(clientId === undefined ? {} : { clientId })
  }
  const [tenant, application, secret] = ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET'].map(
    filled,
  )
  if (tenant !== undefined && application !== undefined && secret !== undefined) {
    return new ClientSecretCredential(tenant, application, secret)
  }
  return new AzureCliCredential(tenant === undefined ? {} : { tenantId: tenant })
}

function valueIn(body: string, where: string): string {
  let answer: unknown
  try {
    answer = JSON.parse(body)
  } catch {
    throw failed(where, 'its answer is no JSON')
  }
  if (
    typeof answer === 'object' &&
    answer !== null &&
    'value' in answer &&
    typeof answer.value === 'string'
  ) {
    return answer.value
  }
  throw failed(where, 'its answer holds no value')
}

function forbidden(where: string, body: string): PipelineError {
  // The vault names the action that is missing: `Action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'`.
  const action = /Action: '([\w./]{1,200})'/.exec(body)?.[1]
  const missing = action === undefined ? '' : ` (${action})`
  return new PipelineError(
    'key-vault-forbidden',
    `the Key Vault lets this identity read no secret${missing}`,
    {
      where,
      hint: 'Give it the role Key Vault Secrets User on the vault.',
    },
  )
}

function failed(where: string, why: string): PipelineError {
  return new PipelineError('key-vault-failed', `the Key Vault gave no secret: ${why}`, {
    where,
    retryable: true,
    hint: 'Run it again; if it stays, see whether the network of the vault lets this machine in.',
  })
}

function signInFailed(host: string, why: string): PipelineError {
  const line = withoutControls(why.split('\n', 1)[0] ?? '').replaceAll(
    /eyJ[\w-]{4,}(?:\.[\w-]*){1,2}/g,
    '***',
  )
  return new PipelineError(
    'key-vault-sign-in',
    `Azure's sign-in for the Key Vault failed: ${line.slice(0, 400)}`,
    {
      where: host,
      hint: 'In a job: give it a managed identity. Elsewhere: sign in with `az login`.',
    },
  )
}
