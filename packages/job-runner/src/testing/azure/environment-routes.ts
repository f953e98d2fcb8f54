import type { Asked } from './listener.ts'
import { armError, json, type Reply } from './reply.ts'
import type { EnvironmentRecord, State } from './state.ts'
import type { FakeAzureSettings } from './types.ts'

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9\-_]{0,254}$/

/** `/environments/NAME` and `/environments/NAME/versions/VERSION`. @param path within the workspace */
export function answerEnvironments(
  state: State,
  settings: FakeAzureSettings,
  asked: Asked,
  path: string,
): Reply {
  const [, , name = '', , version] = path.split('/')
  if (!NAME.test(name)) return armError(400, 'UserError', `Invalid environment name '${name}'.`)
  const versions = state.environments.get(name)
  const id = asked.path
  if (version === undefined) {
    if (versions === undefined) return notFound(`Environment container ${name}`)
    const latestVersion = [...versions.keys()].at(-1)
    return json({ id, name, properties: { latestVersion, isArchived: false } })
  }
  const record = versions?.get(version)
  if (asked.method === 'GET') {
    return record === undefined ? notFound(`Environment ${name}:${version}`) : shown(id, version, record)
  }
  if (asked.method !== 'PUT') return armError(405, 'MethodNotAllowed', asked.method)
  const { properties } = JSON.parse(asked.body) as EnvironmentRecord
  if (record === undefined) {
    const all = versions ?? new Map<string, EnvironmentRecord>()
    state.environments.set(name, all.set(version, { properties }))
    return shown(id, version, { properties }, 201)
  }
  if (record.properties['image'] === properties['image']) return shown(id, version, record)
  const message = `Environment ${name} with version ${version} is already registered and cannot be changed.`
  return settings.environmentConflict === 409
    ? armError(409, 'Conflict', message)
    : armError(400, 'UserError', message)
}

function shown(id: string, name: string, { properties }: EnvironmentRecord, status = 200): Reply {
  return json({ id, name, properties }, status)
}

function notFound(what: string): Reply {
  return armError(404, 'UserError', `${what} not found.`)
}
