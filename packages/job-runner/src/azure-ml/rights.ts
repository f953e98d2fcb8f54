import { JobRunnerError } from '../errors.ts'
import type { CallOptions } from '../types.ts'
import type { Connection } from './connection.ts'
import { type AzureContext, workspacePath } from './context.ts'

const API_VERSION = '2022-04-01'

interface Permission {
  readonly actions?: readonly string[]
  readonly notActions?: readonly string[]
}

/**
 * Whether the submitter may do all of this in the workspace, by what Azure says of them.
 * @param actions by Azure's names: `Microsoft.MachineLearningServices/workspaces/jobs/write`
 * @throws JobRunnerError `forbidden`, naming all that is missing
 */
export async function checkRights(
  connection: Connection,
  context: AzureContext,
  actions: readonly string[],
  { signal }: CallOptions = {},
): Promise<void> {
  const asked = 'look up the rights on the workspace'
  const { createPipelineRequest, RestError } = await import('@azure/core-rest-pipeline')
  const path = `${workspacePath(context)}/providers/Microsoft.Authorization/permissions`
  const granted = await connection.call(
    asked,
    async (client, { abortSignal }) => {
      const url = `${connection.origin}${path}?api-version=${API_VERSION}`
      const response = await client.sendRequest(createPipelineRequest({ url, abortSignal }))
      const body = parsed(response.bodyAsText)
      if (response.status === 200) return permissionsIn(body)
      const { code, message = 'the request was refused' } = body.error ?? {}
      const details = { statusCode: response.status, response, request: response.request }
      throw new RestError(message, { ...details, ...(code === undefined ? {} : { code }) })
    },
    { signal },
  )
  const missing = actions.filter((action) => !granted.some((each) => grants(each, action)))
  if (missing.length === 0) return
  throw new JobRunnerError('forbidden', `The submitter may not: ${missing.join(', ')}.`, {
    where: workspacePath(context),
    hint: 'Give the submitter the role AzureML Data Scientist on the workspace.',
  })
}

interface Body {
  readonly value?: unknown
  readonly error?: { readonly code?: string; readonly message?: string }
}

function parsed(text: string | null | undefined): Body {
  try {
    return JSON.parse(text ?? '') as Body
  } catch {
    return {}
  }
}

function permissionsIn({ value }: Body): readonly Permission[] {
  if (Array.isArray(value)) return value as readonly Permission[]
  throw new JobRunnerError('bad-answer', 'Azure told no rights.', {
    where: 'Microsoft.Authorization/permissions',
    hint: 'Run it again; if it stays, leave out --check and submit.',
  })
}

function grants({ actions = [], notActions = [] }: Permission, action: string): boolean {
  const fits = (pattern: string) => matcher(pattern).test(action)
  return actions.some(fits) && !notActions.some(fits)
}

/** `*` stands for anything, slashes too. */
function matcher(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
  return new RegExp(`^${parts.join('.*')}$`, 'i')
}
