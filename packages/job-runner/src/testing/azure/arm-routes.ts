import { answerEnvironments } from './environment-routes.ts'
import { answerJobs } from './job-routes.ts'
import type { Asked } from './listener.ts'
import { armError, json, type Reply } from './reply.ts'
import type { State } from './state.ts'
import type { TokenMint } from './tokens.ts'
import type { FakeAzureSettings } from './types.ts'

const WORKSPACES = 'Microsoft.MachineLearningServices/workspaces'
/** As Azure's built-in roles: Reader, and AzureML Data Scientist. */
const RIGHTS = {
  reader: { actions: ['*/read'], notActions: [] },
  contributor: {
    actions: ['read', 'action', 'delete', 'write'].map((what) => `${WORKSPACES}/*/${what}`),
    notActions: [`${WORKSPACES}/delete`, `${WORKSPACES}/write`, `${WORKSPACES}/computes/*/write`],
  },
}

/** The resource manager's answer, from the checks that come before everything to the route. */
export function answerArm(state: State, settings: FakeAzureSettings, mint: TokenMint, asked: Asked): Reply {
  const [scheme, token = ''] = (asked.headers['authorization'] ?? '').split(' ')
  if (scheme !== 'Bearer' || !mint.accepts(token, 'arm')) {
    const headers = {
      'www-authenticate': 'Bearer authorization_uri="https://login.windows.net/", error="invalid_token"',
    }
    return armError(401, 'InvalidAuthenticationToken', 'The access token is invalid or has expired.', headers)
  }
  if (isTooMany(state, settings)) {
    const { retryAfter } = settings
    const headers: Record<string, string> = retryAfter === null ? {} : { 'retry-after': String(retryAfter) }
    return armError(429, 'TooManyRequests', 'The request was throttled.', headers)
  }
  if (!asked.query.has('api-version')) {
    return armError(
      400,
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required.',
    )
  }
  return answerWorkspace(state, settings, asked)
}

function answerWorkspace(state: State, settings: FakeAzureSettings, asked: Asked): Reply {
  const { subscriptionId, resourceGroup, workspace } = settings
  const [, subscription, group, name, rest] =
    /^\/subscriptions\/([^/]*)(?:\/resourceGroups\/([^/]*)\/providers\/Microsoft\.MachineLearningServices\/workspaces\/([^/]*))?(.*)$/.exec(
      asked.path,
    ) ?? []
  if (subscription !== subscriptionId) {
    return armError(
      404,
      'SubscriptionNotFound',
      `The subscription '${String(subscription)}' could not be found.`,
    )
  }
  if (group === undefined) return answerJobs(state, settings, asked, asked.path)
  if (group !== resourceGroup) {
    return armError(404, 'ResourceGroupNotFound', `Resource group '${group}' could not be found.`)
  }
  if (name !== workspace) {
    const resource = `Microsoft.MachineLearningServices/workspaces/${String(name)}`
    return armError(
      404,
      'ResourceNotFound',
      `The Resource '${resource}' under resource group '${group}' was not found.`,
    )
  }
  if (rest === '/providers/Microsoft.Authorization/permissions')
    return json({ value: [RIGHTS[settings.role]] })
  if (settings.role === 'reader' && asked.method !== 'GET') {
    const kind = rest?.split('/')[1] ?? ''
    return armError(
      403,
      'AuthorizationFailed',
      `The client does not have authorization to perform action 'Microsoft.MachineLearningServices/workspaces/${kind}/write'.`,
    )
  }
  const answer = (rest ?? '').startsWith('/environments') ? answerEnvironments : answerJobs
  return answer(state, settings, asked, rest ?? '')
}

function isTooMany(state: State, { perSecond }: FakeAzureSettings): boolean {
  const second = Math.floor(state.now() / 1000)
  if (state.window.second !== second) state.window = { second, count: 0 }
  state.window.count += 1
  return perSecond !== null && state.window.count > perSecond
}
