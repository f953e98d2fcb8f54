import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { buffer } from 'node:stream/consumers'
import { gunzipSync, gzipSync } from 'node:zlib'
import { UserError } from '../errors.ts'

/**
 * Holds the configuration of a job: the file's bytes, gzipped or not, in base64. Where it is set, it is the
 * configuration: the file that the command names is not looked for.
 */
export const CONFIG_VARIABLE = 'AIRQ_CONFIG_BASE64'
/** What a variable may hold and every runner passes on. */
const LONGEST_VARIABLE = 60_000
const LARGEST_BYTES = 1024 * 1024
const GZIP = Buffer.from([0x1f, 0x8b])

export interface ConfigText {
  readonly text: string
  readonly from: 'file' | 'variable'
  /** Of the text, hex. */
  readonly sha256: string
}

/**
 * @param env where a job has its configuration; the path is then its name in messages
 * @throws UserError `bad-config`
 */
export async function readConfigText(
  path: string,
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<ConfigText> {
  const given = env[CONFIG_VARIABLE] ?? ''
  const bytes = given === '' ? await fileBytes(path) : variableBytes(given)
  if (bytes.length > LARGEST_BYTES) {
    throw new UserError('bad-config', `${path} is larger than 1 MB: not a configuration`, {
      where: path,
      hint: 'Name the YAML file with the stations; the one at the root of the repository is an example.',
    })
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return { text, from: given === '' ? 'file' : 'variable', sha256: sha256Of(text) }
  } catch (cause) {
    throw new UserError('bad-config', `${path} is not UTF-8 text`, {
      where: path,
      hint: 'Save it as UTF-8 from an editor.',
      cause,
    })
  }
}

/**
 * The value of `AIRQ_CONFIG_BASE64` for a configuration: the same text gives the same value.
 * @throws UserError `config-too-large`
 */
export function configVariable(text: string): string {
  const value = gzipSync(text, { level: 9 }).toString('base64')
  if (value.length <= LONGEST_VARIABLE) return value
  const size = `${String(value.length)} characters, gzipped and in base64; ${String(LONGEST_VARIABLE)} are taken`
  throw new UserError('config-too-large', `the configuration is too large for a job: ${size}`, {
    hint: 'Leave out comments, or part the stations over several configurations.',
  })
}

export function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

async function fileBytes(path: string): Promise<Buffer> {
  try {
    // One byte more than allowed tells that there is more.
    return await buffer(createReadStream(path, { end: LARGEST_BYTES }))
  } catch (error) {
    throw unreadable(path, error)
  }
}

function variableBytes(value: string): Buffer {
  try {
    if (!/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(value)) throw new Error('not base64')
    const bytes = Buffer.from(value, 'base64')
    if (!bytes.subarray(0, GZIP.length).equals(GZIP)) return bytes
    return gunzipSync(bytes, { maxOutputLength: LARGEST_BYTES })
  } catch {
    throw new UserError('bad-config', `${CONFIG_VARIABLE} holds no configuration`, {
      where: CONFIG_VARIABLE,
      hint: 'It takes the file in base64, gzipped or not, 1 MB at most; unset it to read the file itself.',
    })
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a directory',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
}

function unreadable(path: string, cause: unknown): UserError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
  return new UserError('bad-config', `the configuration ${path} cannot be read: ${REASONS[code] ?? code}`, {
    where: path,
    hint: 'Name a configuration file: the first argument of every command.',
    cause,
  })
}
