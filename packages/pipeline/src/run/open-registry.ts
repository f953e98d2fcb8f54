import { join } from 'node:path'
import type { ModelRegistry } from '@airq/model-registry'
import type { Config } from '../config/schema.ts'
import { UserError } from '../errors.ts'
import type { OpenRegistryOptions } from '../types.ts'
import { baseUrlOf, tellHost } from './base-urls.ts'
import type { Opening } from './open-store.ts'
import { logComet } from './remote-progress.ts'
import { ensureStateDirectory } from './state-directory.ts'

/** @param by who promotes, for the history */
export async function openRegistry(
  opening: Opening,
  by: string,
  { readOnly = false, cached = false }: OpenRegistryOptions,
): Promise<ModelRegistry> {
  const { modelRegistry } = opening.config
  const { stateDir, io, warn } = opening
  if (modelRegistry.kind === 'local') {
    if (!readOnly) await ensureStateDirectory(stateDir)
    const { openLocalRegistry } = await import('@airq/model-registry/local')
    return openLocalRegistry({ path: join(stateDir, 'model-registry'), clock: io.clock, readOnly, by })
  }
  const registry =
    modelRegistry.kind === 'comet'
      ? await openComet(opening, modelRegistry, by)
      : await openMlflow(opening, modelRegistry, by)
  if (!cached) return registry
  await ensureStateDirectory(stateDir)
  const { cachedRegistry } = await import('@airq/model-registry/cached')
  return cachedRegistry(registry, {
    path: join(stateDir, 'model-cache'),
    clock: io.clock,
    onWarning: (message) => {
      warn('cache-unwritable', message)
    },
  })
}

async function openComet(
  { config, io, givens, logger }: Opening,
  configured: Extract<Config['modelRegistry'], { kind: 'comet' }>,
  by: string,
): Promise<ModelRegistry> {
  const baseUrl = baseUrlOf('COMET_URL_OVERRIDE', configured.baseUrl, io)
  tellHost(logger, 'Comet', baseUrl)
  const workspace = await givens.name('comet-workspace', configured.workspace)
  const project = await givens.name('comet-project-name', configured.project)
  const apiKey = await givens.secret('comet-api-key')
  const { openCometRegistry } = await import('@airq/model-registry/comet')
  return openCometRegistry({
    workspace,
    project,
    apiKey,
    by,
    trustedHosts: config.trustedHosts,
    onProgress: logComet(logger),
    ...(baseUrl === undefined ? {} : { baseUrl }),
  })
}

async function openMlflow(
  { config, io, givens, logger }: Opening,
  configured: Extract<Config['modelRegistry'], { kind: 'mlflow' }>,
  by: string,
): Promise<ModelRegistry> {
  const baseUrl = baseUrlOf('MLFLOW_TRACKING_URI', configured.trackingUri, io)
  if (baseUrl === undefined) {
    throw new UserError('no-address', 'the address of the MLflow tracking server is needed', {
      hint: 'Write modelRegistry.trackingUri into the configuration, or set MLFLOW_TRACKING_URI.',
    })
  }
  tellHost(logger, 'MLflow', baseUrl)
  // As MLflow's own client: user name and password go before a token.
  const username = await givens.nameIfGiven('mlflow-username')
  const password = await givens.secretIfGiven('mlflow-password')
  const token = await givens.secretIfGiven('mlflow-token')
  const { openMlflowRegistry } = await import('@airq/model-registry/mlflow')
  return openMlflowRegistry({
    baseUrl,
    by,
    trustedHosts: config.trustedHosts,
    ...(configured.experiment === undefined ? {} : { experiment: configured.experiment }),
    ...(username !== undefined && password !== undefined
      ? { username, password }
      : token === undefined
        ? {}
        : { token }),
  })
}
