import type { StageOptions } from '../command/options.ts'

/** What a run may need and no configuration may hold. */
export type SecretName =
  'aqi-token' | 'fs-api-key' | 'comet-api-key' | 'mlflow-token' | 'mlflow-password' | 'webhook-url'

/** Names of things at the vendors: no secrets. */
export type RemoteName = 'fs-project-name' | 'comet-project-name' | 'comet-workspace' | 'mlflow-username'

export interface GivenRow {
  /** With an article, and where to get it. */
  readonly what: string
  /** In the order they are looked at. */
  readonly variables: readonly string[]
  /** `undefined`: there is no flag of this name. */
  readonly flag?: (options: StageOptions) => string | undefined
  readonly fileFlag?: (options: StageOptions) => string | undefined
  /** Where else it may stand. */
  readonly configKey?: string
}

export const SECRETS: Readonly<Record<SecretName, GivenRow>> = {
  'aqi-token': {
    what: 'the token of api.waqi.info (free, from aqicn.org/data-platform/token)',
    variables: ['AQI_TOKEN', 'WAQI_TOKEN'],
    flag: ({ aqiToken }) => aqiToken,
    fileFlag: ({ aqiTokenFile }) => aqiTokenFile,
  },
  'fs-api-key': {
    what: 'the API key of Hopsworks (whole, prefix.secret, from its account settings)',
    variables: ['FS_API_KEY', 'HOPSWORKS_API_KEY'],
    flag: ({ fsApiKey }) => fsApiKey,
    fileFlag: ({ fsApiKeyFile }) => fsApiKeyFile,
  },
  'comet-api-key': {
    what: 'the API key of Comet (from its account settings)',
    variables: ['COMET_API_KEY', 'COMETML_API_KEY'],
    flag: ({ cometApiKey }) => cometApiKey,
    fileFlag: ({ cometApiKeyFile }) => cometApiKeyFile,
  },
  'mlflow-token': { what: 'the bearer token of MLflow', variables: ['MLFLOW_TRACKING_TOKEN'] },
  'mlflow-password': { what: 'the password of MLflow', variables: ['MLFLOW_TRACKING_PASSWORD'] },
  'webhook-url': {
    what: 'the address that alerts are sent to',
    variables: ['AIRQ_WEBHOOK_URL'],
    flag: ({ webhookUrl }) => webhookUrl,
    fileFlag: ({ webhookUrlFile }) => webhookUrlFile,
  },
}

export const REMOTE_NAMES: Readonly<Record<RemoteName, GivenRow>> = {
  'fs-project-name': {
    what: 'the name of the Hopsworks project',
    variables: ['FS_PROJECT_NAME', 'HOPSWORKS_PROJECT'],
    flag: ({ fsProjectName }) => fsProjectName,
    configKey: 'featureStore.project',
  },
  'comet-project-name': {
    what: 'the name of the Comet project',
    variables: ['COMET_PROJECT_NAME', 'COMETML_PROJECT_NAME'],
    flag: ({ cometProjectName }) => cometProjectName,
    configKey: 'modelRegistry.project',
  },
  'comet-workspace': {
    what: 'the name of the Comet workspace',
    variables: ['COMET_WORKSPACE', 'COMETML_WORKSPACE'],
    flag: ({ cometWorkspace }) => cometWorkspace,
    configKey: 'modelRegistry.workspace',
  },
  'mlflow-username': { what: 'the user name of MLflow', variables: ['MLFLOW_TRACKING_USERNAME'] },
}
