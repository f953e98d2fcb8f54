import { createHash } from 'node:crypto'

import { z } from 'zod'

import { JobRunnerError } from './errors.ts'
import { NAME_PATTERN } from './job-name.ts'
import { shellCommand } from './quoting.ts'
import { flagWithLiteralSecret, isSecretName } from './secret-literals.ts'
import type { JobSpec, SecretReference } from './types.ts'

const VARIABLE = /^[A-Za-z_]\w*$/
const LONGEST_TIMEOUT_MS = 30 * 24 * 3_600_000
/** A process is given no more in one argument, and the whole command is one. */
const LONGEST_COMMAND = 100_000

const text = z.string().refine((value) => !value.includes('\0'), 'holds U+0000')
const argument = text.refine(
  (value) => !value.includes('${{'),
  'holds ${{, which Azure ML would replace by something else',
)
const variable = z.string().regex(VARIABLE, 'is no name of a variable')
const reference = z.custom<SecretReference>(
  (value) => typeof value === 'string' && /^@(?:env:[A-Za-z_]\w*|kv:[A-Za-z0-9-]{1,127})$/.test(value),
  'is neither @env:NAME nor @kv:NAME; the secret itself never stands here',
)

const schema = z.strictObject({
  name: z.string().regex(NAME_PATTERN, 'takes letters, digits, - and _, 255 at most, not - or _ first'),
  app: z.string().regex(/^[a-z][a-z0-9-]{0,99}$/, 'takes small letters, digits and -, a letter first'),
  command: z
    .array(argument)
    .min(1, 'is empty')
    .refine(([program]) => program?.trim() !== '', 'names no program'),
  image: z
    .string()
    .regex(/^[\w.-]+(?::\d+)?(?:\/[\w.-]+)*(?::[\w.-]+)?(?:@sha256:[0-9a-f]{64})?$/, 'is no image reference')
    .optional(),
  environment: z.record(variable, text).optional(),
  secrets: z.record(variable, reference).optional(),
  limits: z.strictObject({ timeoutMs: z.number().int().min(1_000).max(LONGEST_TIMEOUT_MS) }),
  tags: z.record(z.string().min(1).max(512), text.max(256)).optional(),
  identity: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('managed'), clientId: z.guid() }),
      z.strictObject({ kind: z.literal('submitter') }),
    ])
    .optional(),
  experiment: z
    .string()
    .regex(/^[A-Za-z0-9][\w-]{0,254}$/, 'takes letters, digits, - and _, no white space')
    .optional(),
})

export interface SpecRules {
  /** Lets a command hold secrets themselves; everybody who sees the job sees them. Default false. */
  readonly allowInsecureArgv?: boolean | undefined
}

/**
 * All that can be known to be wrong before anything is started.
 * @throws JobRunnerError `bad-spec`, with every problem in its message
 */
export function checkJobSpec(spec: JobSpec, { allowInsecureArgv = false }: SpecRules = {}): void {
  const { error } = schema.safeParse(spec)
  const problems =
    error?.issues.map(({ path, message }) => `${path.map(String).join('.') || 'the job'} ${message}`) ??
    problemsBetween(spec, allowInsecureArgv)
  if (problems.length === 0) return
  const first = problems[0] ?? ''
  throw new JobRunnerError('bad-spec', `The job can't be run: ${problems.join('; ')}.`, {
    fault: 'input',
    where: first.split(' ', 1)[0],
    hint: 'Nothing was started; correct the job and submit it again.',
  })
}

function problemsBetween(spec: JobSpec, allowInsecureArgv: boolean): string[] {
  const problems: string[] = []
  const { environment = {}, secrets = {} } = spec
  for (const name of Object.keys(environment)) {
    if (name in secrets) problems.push(`environment.${name} is a secret too`)
    else if (isSecretName(name)) {
      problems.push(`environment.${name} may be a secret: name it in secrets, by reference`)
    }
  }
  const flag = allowInsecureArgv ? undefined : flagWithLiteralSecret(spec.command)
  if (flag !== undefined) {
    problems.push(
      `command holds the value of ${flag}, which everybody who sees the job would see: ` +
        `use secrets, or @kv:NAME in its place (allowInsecureArgv lets it pass)`,
    )
  }
  if (shellCommand(spec.command).length > LONGEST_COMMAND) problems.push('command is too long')
  return problems
}

/** SHA-256 of what the job does, in hex: two specs of one name and one hash are the same job. Tags don't count. */
export function specHash(spec: JobSpec): string {
  const sorted = (record: Readonly<Record<string, string>> = {}) =>
    Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))
  const what = [
    spec.name,
    spec.app,
    spec.command,
    spec.image ?? null,
    sorted(spec.environment),
    sorted(spec.secrets),
    spec.limits.timeoutMs,
    spec.identity ?? null,
  ]
  return createHash('sha256').update(JSON.stringify(what)).digest('hex')
}
