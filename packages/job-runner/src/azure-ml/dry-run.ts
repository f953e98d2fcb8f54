import type { CommandJob } from '@azure/arm-machinelearning'

import { shellCommand } from '../quoting.ts'
import { withoutLiteralSecrets } from '../secret-literals.ts'
import type { JobSpec } from '../types.ts'
import { type AzureContext, workspacePath } from './context.ts'

/** What `submit` would send, without secrets and without credentials. */
export interface DryRun {
  readonly method: 'PUT'
  readonly path: string
  readonly body: { readonly properties: Readonly<Record<string, unknown>> }
}

const API_VERSION = '2022-10-01'

export function jobPath(context: AzureContext, name: string): string {
  return `${workspacePath(context)}/jobs/${name}`
}

/** @param spelled whether the job's secrets themselves stand in its variables */
export function dryRunOf(spec: JobSpec, context: AzureContext, job: CommandJob, spelled: boolean): DryRun {
  const hidden = spelled ? Object.keys(spec.secrets ?? {}) : []
  const variables = job.environmentVariables
  const properties = {
    ...job,
    command: shellCommand(withoutLiteralSecrets(spec.command)),
    ...(variables === undefined
      ? {}
      : {
          environmentVariables: { ...variables, ...Object.fromEntries(hidden.map((name) => [name, '***'])) },
        }),
  }
  return {
    method: 'PUT',
    path: `${jobPath(context, spec.name)}?api-version=${API_VERSION}`,
    body: { properties },
  }
}
