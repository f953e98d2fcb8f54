import type { OptionName, StageOptions } from './options.ts'
import type { CommandIo } from './command-io.ts'
import type { Stage, VaultCredential } from '../types.ts'

/** Names of pipelines in summaries. */
export type PipelineName =
  | 'feature'
  | 'batch-feature'
  | 'hyperparam-optimization'
  | 'training'
  | 'inference'
  | 'backtest'
  | 'check-leaks'
  | 'run-feature'
  | 'run-batch-feature'
  | 'run-hyperparam-optimization'
  | 'run-training'
  | 'run-inference'
  | 'run-all'
  | 'deploy-environment'
  | 'report'
  | 'watch'
  | 'doctor'

export interface CommandDefinition<Names extends readonly OptionName[]> {
  /** As typed: `training-pipeline`. */
  readonly bin: string
  readonly pipeline: PipelineName
  readonly version: string
  /** One sentence; wrapped by `--help`. */
  readonly description: string
  /** Two whole command lines at least, of at most 76 characters each. */
  readonly examples: readonly string[]
  /** The configuration where none is named. Default: one must be named. */
  readonly defaultConfig?: string
  /** The options it takes, beside the common ones. */
  readonly options: Names
  /** Who asks the Key Vault of the run. Default: the job's managed identity, a client secret, or `az login`. */
  readonly vaultCredential?: (env: CommandIo['env']) => Promise<VaultCredential>
  /** Imports the stage; called only when there is something to run, which keeps `--help` fast. */
  readonly load: () => Promise<Stage<Pick<StageOptions, NoInfer<Names>[number]>>>
}

/** A command of the names of its options; its stage sees these options and no others. */
export function defineCommand<const Names extends readonly OptionName[]>(
  definition: CommandDefinition<Names>,
): CommandDefinition<Names> {
  return definition
}
