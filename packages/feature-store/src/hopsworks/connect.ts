import type { Api } from './api.ts'
import type { Settings } from './settings.ts'
import { featureStoreSchema, projectSchema, versionsSchema } from './wire.ts'

/** Where the project and its feature store are. */
export interface Connection {
  /** `/project/119` */
  readonly projectPath: string
  /** `/project/119/featurestores/67` */
  readonly storePath: string
  readonly storeId: number
  /** As the server spells it. */
  readonly projectName: string
  /** 0 where the server does not tell. */
  readonly majorVersion: number
}

/** Looks up version, project and feature store: bad keys, scopes and names fail here, before anything is written. */
export async function connect(
  api: Api,
  { project, progress }: Settings,
  signal: AbortSignal | undefined,
): Promise<Connection> {
  const info = await api.get(
    {
      what: `Looking up project ${project}`,
      scope: 'PROJECT',
      path: `/project/getProjectInfo/${encodeURIComponent(project)}`,
      signal,
    },
    projectSchema,
  )
  const projectPath = `/project/${String(info.projectId)}`
  const { featurestoreId } = await api.get(
    {
      what: `Looking up the feature store of project ${project}`,
      scope: 'FEATURESTORE',
      path: `${projectPath}/featurestores/${info.projectName.toLowerCase()}_featurestore`,
      signal,
    },
    featureStoreSchema,
  )
  const versions = await api.get(
    { what: 'Asking for the version of Hopsworks', scope: 'PROJECT', path: '/variables/versions', signal },
    versionsSchema,
  )
  const version = versions.find(({ software }) => software === 'hopsworks')?.version ?? ''
  progress({
    step: 'connect',
    message: `Hopsworks ${version}, project ${info.projectName}, feature store ${String(featurestoreId)}`,
  })
  return {
    projectPath,
    storePath: `${projectPath}/featurestores/${String(featurestoreId)}`,
    storeId: featurestoreId,
    projectName: info.projectName,
    majorVersion: Number(version.split('.')[0]) || 0,
  }
}
