import { readFile } from 'node:fs/promises'
import type { RunContext } from '@airq/pipeline'
import { SECRETS, type SecretName } from '@airq/pipeline/jobs'
import { needsOf, PIPELINES } from '../pipelines.ts'
import { type Check, type Failure, type Finding, type Next, ok, skipped } from './check.ts'
import { envFileOf } from './env-file.ts'
import type { Session } from './session.ts'

export const secretId = (name: SecretName): string => `secret ${name}`

/** Those that some pipeline asks for under this configuration, and those it would use if they were given. */
function neededSecrets({ config }: RunContext): { readonly name: SecretName; readonly optional: boolean }[] {
  const needs = Object.values(PIPELINES).map((pipeline) => needsOf(pipeline, config))
  const unique = (names: readonly SecretName[]) => [...new Set(names)]
  return [
    ...unique(needs.flatMap(({ secrets }) => secrets)).map((name) => ({ name, optional: false })),
    ...unique(needs.flatMap(({ optionalSecrets }) => optionalSecrets)).map((name) => ({
      name,
      optional: true,
    })),
  ]
}

/** Whether this configuration needs it. */
export function needsSecret({ context }: Session, name: SecretName): boolean {
  return neededSecrets(context).some((needed) => needed.name === name && !needed.optional)
}

/** Each secret: whether it is given, where it came from, and never what it is. */
export function secretChecks(session: Session): Check[] {
  return neededSecrets(session.context).map(({ name, optional }) => ({
    id: secretId(name),
    where: SECRETS[name].variables[0] ?? name,
    nextFor: (failure) =>
      ['bad-secret', 'no-secret'].includes(failure.code) ? stepFor(session, name, failure) : undefined,
    run: () => lookUp(session, name, optional),
  }))
}

async function lookUp(session: Session, name: SecretName, optional: boolean): Promise<Finding> {
  const { context, network } = session
  const given = await context.secretGivenAs(name)
  if (given === undefined && optional) return ok('not given, and not needed where the server asks for none')
  if (!network && given?.kind === 'reference') return skipped('in the Key Vault, not asked (--no-network)')
  if (!network && given === undefined && hasVault(context)) {
    return skipped('perhaps in the Key Vault, not asked (--no-network)')
  }
  await context.secret(name)
  switch (given?.kind) {
    case undefined:
      return ok('given by the Key Vault')
    case 'reference':
      return ok(`given by the Key Vault, ${given.reference}`)
    case 'here':
      return ok(`given by ${given.where}`)
    case 'literal':
      return {
        status: 'warning',
        message: 'given on the command line, where every user of this machine sees it',
        next: { kind: 'do', text: `Use --${name}-file PATH or the environment instead of --${name}.` },
      }
  }
}

export function hasVault({ config, env }: RunContext): boolean {
  const named = env['AZURE_KEY_VAULT_URL'] ?? ''
  return named !== '' || (config.jobs.kind === 'azure-ml' && config.jobs.keyVaultUrl !== undefined)
}

/** Where the value is to be put right: in the environment, which goes before a `.env`, else in that file. */
async function stepFor(
  session: Session,
  name: SecretName,
  { where = '' }: Pick<Failure, 'where'> = {},
): Promise<Next> {
  const [variable = name] = SECRETS[name].variables
  const placeholder = `<${SECRETS[name].what.replaceAll(/[<>]/g, '')}>`
  const [inVariable, of] = / of /.test(where) ? where.split(' of ') : []
  if (of === 'the environment') {
    return { kind: 'run', command: `export ${inVariable ?? variable}=${placeholder}` }
  }
  if (where.startsWith('--')) {
    return { kind: 'do', text: `Give --${name} @file:PATH, with the value whole, in one line.` }
  }
  const file = envFileOf(session)
  if (where !== '' && of !== '.env')
    return { kind: 'do', text: `Write the value into ${where}, in one line.` }
  const assigned = inVariable ?? variable
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n')
  const at = lines.findLastIndex((line) =>
    new RegExp(String.raw`^\s*(?:export\s+)?${assigned}\s*=`).test(line),
  )
  return { kind: 'write', file, line: at < 0 ? null : at + 1, text: `${assigned}=${placeholder}` }
}

/** Where a secret was found that a service did not take. */
export async function refusedSecret(session: Session, name: SecretName): Promise<Next> {
  const given = await session.context.secretGivenAs(name).catch(() => undefined)
  if (given?.kind === 'here') return stepFor(session, name, { where: given.where })
  if (given === undefined && !hasVault(session.context)) return stepFor(session, name)
  const [variable = name] = SECRETS[name].variables
  if (given === undefined || given.kind === 'reference') {
    const secret = given === undefined ? variable.replaceAll('_', '-') : given.reference.slice('@kv:'.length)
    return { kind: 'do', text: `Put ${SECRETS[name].what} into the Key Vault, as ${secret}.` }
  }
  return { kind: 'do', text: `Give ${SECRETS[name].what} by --${name}-file PATH.` }
}
