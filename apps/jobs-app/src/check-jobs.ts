import {
  type CheckItem,
  checkRegistry,
  checkStore,
  type RunContext,
  runChecks,
  type StageResult,
} from '@airq/pipeline'
import { type PipelineJob, usesRegistry } from './pipelines.ts'
import { planJob, type SubmitOptions } from './plan-job.ts'

/** What whoever submits must be allowed to, by Azure's own names. */
export const SUBMITTING = [
  'Microsoft.MachineLearningServices/workspaces/jobs/read',
  'Microsoft.MachineLearningServices/workspaces/jobs/write',
  'Microsoft.MachineLearningServices/workspaces/jobs/cancel/action',
  'Microsoft.MachineLearningServices/workspaces/environments/read',
]

/** Tries what a submission needs; nothing is submitted. */
export async function checkJobs(
  pipelines: readonly PipelineJob[],
  context: RunContext,
  options: SubmitOptions,
): Promise<StageResult> {
  const { kind } = context.config.jobs
  const items: CheckItem[] = [
    ...pipelines.map((pipeline) => ({
      name: `jobs ${kind}, ${pipeline.bin}`,
      run: async () => {
        const { azure, spec } = await planJob(pipeline, context, options)
        if (azure === undefined) return `would run ${spec.command[0] ?? ''}`
        await azure.checkRights(SUBMITTING, { signal: context.signal })
        await azure.findEnvironment({ signal: context.signal })
        return 'signed in, with every right it takes; the environment is there'
      },
    })),
    checkStore(context, []),
    ...(pipelines.some(({ id }) => usesRegistry(id)) ? [checkRegistry(context)] : []),
  ]
  return runChecks(context, items, { runner: kind, jobs: [] })
}
