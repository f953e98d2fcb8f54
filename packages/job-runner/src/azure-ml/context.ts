import { JobRunnerError } from '../errors.ts'
import type { Environment } from '../local/local-runner.ts'

/** Where jobs go, and as whom they are submitted. */
export interface AzureContext {
  readonly subscriptionId: string
  readonly resourceGroup: string
  readonly workspace: string
  readonly tenantId?: string
  readonly clientId?: string
}

export interface AzureContextSettings {
  /** Default: AZURE_SUBSCRIPTION_ID. */
  readonly subscriptionId?: string | undefined
  readonly resourceGroup?: string | undefined
  readonly workspace?: string | undefined
}

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

const SHAPES = {
  AZURE_SUBSCRIPTION_ID: GUID,
  AZURE_TENANT_ID: /^[A-Za-z0-9][A-Za-z0-9.-]*$/,
  AZURE_CLIENT_ID: GUID,
  'jobs.resourceGroup': /^[-\w.()]{0,89}[-\w()]$/,
  'jobs.workspace': /^[a-zA-Z0-9][\w-]{2,32}$/,
} as const

/**
 * @param env where AZURE_SUBSCRIPTION_ID, AZURE_TENANT_ID and AZURE_CLIENT_ID are; the last two are needed where a
 *   workflow of GitHub's or a client secret is who submits
 * @throws JobRunnerError `bad-settings`, naming all that is missing or malformed
 */
export function resolveAzureContext(env: Environment, given: AzureContextSettings = {}): AzureContext {
  const found: Readonly<Record<keyof typeof SHAPES, string | undefined>> = {
    AZURE_SUBSCRIPTION_ID: filled(given.subscriptionId) ?? filled(env['AZURE_SUBSCRIPTION_ID']),
    AZURE_TENANT_ID: filled(env['AZURE_TENANT_ID']),
    AZURE_CLIENT_ID: filled(env['AZURE_CLIENT_ID']),
    'jobs.resourceGroup': filled(given.resourceGroup),
    'jobs.workspace': filled(given.workspace),
  }
  const asItself =
    filled(env['ACTIONS_ID_TOKEN_REQUEST_URL']) !== undefined ||
    filled(env['AZURE_CLIENT_SECRET']) !== undefined
  const problems = Object.entries(SHAPES).flatMap(([name, shape]) => {
    const value = found[name as keyof typeof SHAPES]
    const optional = !asItself && (name === 'AZURE_TENANT_ID' || name === 'AZURE_CLIENT_ID')
    if (value === undefined) return optional ? [] : [`${name} is missing`]
    return shape.test(value) ? [] : [`${name} is malformed`]
  })
  const {
    AZURE_SUBSCRIPTION_ID: subscriptionId,
    AZURE_TENANT_ID: tenantId,
    AZURE_CLIENT_ID: clientId,
  } = found
  const { 'jobs.resourceGroup': resourceGroup, 'jobs.workspace': workspace } = found
  if (
    problems.length > 0 ||
    subscriptionId === undefined ||
    resourceGroup === undefined ||
    workspace === undefined
  ) {
    throw new JobRunnerError('bad-settings', `Azure ML can't be used: ${problems.join('; ')}.`, {
      fault: 'input',
      where: problems[0]?.split(' ', 1)[0],
      hint: 'Names in capitals are set in the environment, the others in the configuration.',
    })
  }
  return {
    ...{ subscriptionId, resourceGroup, workspace },
    ...(tenantId === undefined ? {} : { tenantId }),
    ...(clientId === undefined ? {} : { clientId }),
  }
}

function filled(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value.trim()
}

/** The path of a workspace, as in every ARM id within it. */
export function workspacePath({ subscriptionId, resourceGroup, workspace }: AzureContext): string {
  return (
    `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}` +
    `/providers/Microsoft.MachineLearningServices/workspaces/${workspace}`
  )
}
