import { resolve } from 'node:path'

import type { ModelRegistry } from '../types.ts'
import { badArguments } from './arguments.ts'
import type { CommandIo } from './main.ts'

export interface RegistryFlags {
  /** Hosts beside the vendor's that the key may be sent to. */
  readonly trust?: readonly string[]
  readonly by?: string
}

interface Access extends RegistryFlags {
  readonly readOnly: boolean
  readonly io: CommandIo
}

/**
 * Opens a registry for as long as the work takes.
 * @param spec a folder, `comet:WORKSPACE/PROJECT` or `mlflow:URL`
 */
export async function withRegistry<T>(
  spec: string,
  access: Access,
  work: (registry: ModelRegistry) => Promise<T>,
): Promise<T> {
  const registry = await open(spec, access)
  try {
    return await work(registry)
  } finally {
    await registry.close()
  }
}

/** The registry as it is told in answers: a folder with its whole path. */
export function shownSpec(spec: string): string {
  return isRemote(spec) ? spec : resolve(spec)
}

export function isRemote(spec: string): boolean {
  return /^(comet|mlflow):/.test(spec)
}

async function open(spec: string, access: Access): Promise<ModelRegistry> {
  const { io, readOnly } = access
  const by = access.by ?? io.env['USER']
  const author = by === undefined || by === '' ? {} : { by }
  if (spec.startsWith('comet:')) return openComet(spec, access, author)
  if (spec.startsWith('mlflow:')) return openMlflow(spec, access, author)
  const { openLocalRegistry } = await import('../local/index.ts')
  return openLocalRegistry({ path: spec, clock: io.clock, readOnly, ...author })
}

async function openComet(
  spec: string,
  { io, trust = [] }: Access,
  author: { readonly by?: string },
): Promise<ModelRegistry> {
  const [workspace = '', project = '', more] = spec.slice('comet:'.length).split('/')
  if (workspace === '' || project === '' || more !== undefined) {
    throw badArguments(`${spec} is no registry.`, 'Give it like comet:WORKSPACE/PROJECT.')
  }
  const { openCometRegistry } = await import('../comet/index.ts')
  const baseUrl = io.env['COMET_URL_OVERRIDE']
  return openCometRegistry({
    workspace,
    project,
    apiKey: keyOf(io, 'COMET_API_KEY'),
    trustedHosts: trust,
    ...(baseUrl === undefined || baseUrl === '' ? {} : { baseUrl }),
    ...author,
  })
}

async function openMlflow(
  spec: string,
  { io: { env }, trust = [] }: Access,
  author: { readonly by?: string },
): Promise<ModelRegistry> {
  const { openMlflowRegistry } = await import('../mlflow/index.ts')
  const given = (name: string): string | undefined => (env[name] === '' ? undefined : env[name])
  const [token, username, password] = [
    given('MLFLOW_TRACKING_TOKEN'),
    given('MLFLOW_TRACKING_USERNAME'),
    given('MLFLOW_TRACKING_PASSWORD'),
  ]
  // As MLflow's own client: user name and password go before a token.
  const basic = username !== undefined && password !== undefined
  return openMlflowRegistry({
    baseUrl: spec.slice('mlflow:'.length),
    trustedHosts: trust,
    ...(basic ? { username, password } : token === undefined ? {} : { token }),
    ...author,
  })
}

function keyOf({ env }: CommandIo, name: string): string {
  const key = env[name] ?? ''
  if (key !== '') return key
  throw badArguments(`${name} is not set.`, `Put the key into the environment variable ${name}.`)
}
