import { join } from 'node:path'
import type { ModelRegistry } from '@airq/model-registry'
import { modelName } from '@airq/pipeline'
import { type Check, type Failure, type Finding, type Next, ok } from './check.ts'
import { needsSecret, refusedSecret, secretId } from './secrets.ts'
import { ageText, commandLine, type Session } from './session.ts'

export type OpenRegistry = () => Promise<ModelRegistry>

/** So many models are fetched whole, and their digests compared. */
const MOST_FETCHED = 4
const STATIONS_ASKED = 20

/** Whether the registry lets itself be read. */
export function registryCheck(session: Session, open: OpenRegistry): Check {
  const { context } = session
  const { kind } = context.config.modelRegistry
  const local = kind === 'local'
  return {
    id: 'registry',
    needs: local ? ['state'] : needsSecret(session, 'comet-api-key') ? [secretId('comet-api-key')] : [],
    network: !local,
    where: local ? join(context.stateDir, 'model-registry') : 'modelRegistry',
    nextFor: (failure) => nextFor(session, failure),
    run: async (signal): Promise<Finding> => {
      const names = await (await open()).names({ signal })
      return ok(`${nameOf(kind)} answers, has ${String(names.length)} models`)
    },
  }
}

/** What serves each station and decision, how old it is, and whether it is whole. */
export function modelsCheck(session: Session, open: OpenRegistry): Check {
  const { config } = session.context
  return {
    id: 'models',
    needs: ['registry'],
    network: config.modelRegistry.kind !== 'local',
    where: 'modelRegistry',
    nextFor: ({ code }) =>
      code === 'package-damaged' ? commandLine(session, 'training-pipeline') : undefined,
    run: async (signal): Promise<Finding> => {
      const registry = await open()
      const wanted = config.stations
        .slice(0, STATIONS_ASKED)
        .flatMap(({ id }) => config.forecast.decisions.map((decision) => modelName(id, decision)))
      const missing: string[] = []
      const serving: string[] = []
      for (const name of wanted) {
        const version = await registry.resolve(name, { stage: 'production' }, { signal })
        if (version === null) {
          missing.push(name)
          continue
        }
        if (serving.length < MOST_FETCHED) await registry.fetch(version, { signal })
        const age = ageText(session.now - Date.parse(version.createdAt))
        serving.push(`${name} ${version.version}, ${age} old`)
      }
      const more = serving.length > 3 ? ` and ${String(serving.length - 3)} more` : ''
      const told = serving.length === 0 ? 'no model serves yet' : `${serving.slice(0, 3).join('; ')}${more}`
      if (missing.length === 0) return ok(told)
      return {
        status: 'warning',
        message: serving.length === 0 ? told : `${told}; none for ${missing.join(', ')}`,
        hint: 'Without one, inference-pipeline forecasts by a plain rule (--allow-fallback).',
        next: commandLine(session, 'training-pipeline'),
      }
    },
  }
}

function nameOf(kind: 'local' | 'comet' | 'mlflow'): string {
  return { local: 'the folder', comet: 'Comet', mlflow: 'MLflow' }[kind]
}

async function nextFor(session: Session, { code, hint }: Failure): Promise<Next | undefined> {
  const { kind } = session.context.config.modelRegistry
  switch (code) {
    case 'unauthorized':
      if (kind === 'comet') return refusedSecret(session, 'comet-api-key')
      if ((await session.context.secretGivenAs('mlflow-password')) !== undefined) {
        return refusedSecret(session, 'mlflow-password')
      }
      return refusedSecret(session, 'mlflow-token')
    case 'no-name':
      return { kind: 'do', text: hint ?? 'Name workspace and project in modelRegistry.' }
    case 'no-address':
      return { kind: 'run', command: 'export MLFLOW_TRACKING_URI=<address of the tracking server>' }
    case 'registry-unavailable':
      return {
        kind: 'do',
        text: `Check that the address of ${nameOf(kind)} is right and it runs; or try again later.`,
      }
    default:
      return undefined
  }
}
