import { generateKeyPairSync, type KeyObject, randomBytes, sign, verify } from 'node:crypto'

export interface Claims {
  readonly iss: string
  readonly aud: string
  readonly sub: string
  /** Epoch s. */
  readonly iat: number
  readonly exp: number
}

const GITHUB = 'https://token.actions.githubusercontent.com'

/** For which of Azure's services a token is good. */
type Audience = 'arm' | 'vault'

export interface TokenMint {
  identityToken(audience: string, subject: string, seconds: number): string
  /** What a token of GitHub's says, or undefined where GitHub did not sign it. */
  read(token: string): Claims | undefined
  accessToken(seconds: number, audience: Audience): string
  accepts(accessToken: string, audience: Audience): boolean
  revoke(): void
}

/** Signs GitHub's tokens and remembers Entra's. @param now epoch ms */
export function tokenMint(now: () => number): TokenMint {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const issued = new Map<string, { readonly until: number; readonly audience: Audience }>()
  return {
    identityToken(audience, subject, seconds) {
      const iat = Math.floor(now() / 1000)
      return signed({ iss: GITHUB, aud: audience, sub: subject, iat, exp: iat + seconds }, privateKey)
    },
    read: (token) => claimsIn(token, publicKey),
    accessToken(seconds, audience) {
      const token = `${part({ alg: 'none', typ: 'JWT' })}.${randomBytes(24).toString('base64url')}.fake`
      issued.set(token, { until: now() + seconds * 1000, audience })
      return token
    },
    accepts(token, audience) {
      const given = issued.get(token)
      return given !== undefined && given.until > now() && given.audience === audience
    },
    revoke: () => {
      issued.clear()
    },
  }
}

export function isFromGithub({ iss }: Claims): boolean {
  return iss === GITHUB
}

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function signed(claims: Claims, key: KeyObject): string {
  const text = `${part({ alg: 'ES256', typ: 'JWT' })}.${part(claims)}`
  return `${text}.${sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
}

function claimsIn(token: string, key: KeyObject): Claims | undefined {
  const [head = '', claims = '', signature = ''] = token.split('.')
  const text = Buffer.from(`${head}.${claims}`)
  const right = verify(
    'sha256',
    text,
    { key, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  )
  return right ? (JSON.parse(Buffer.from(claims, 'base64url').toString()) as Claims) : undefined
}
